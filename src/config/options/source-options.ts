import { file, text } from './option.ts';

const group = 'Where the configuration comes from';

/** Read from the command line alone, before anything else. */
export const sourceOptions = {
  config: file({ flag: 'config', group, default: '/etc/cyverse/de/configs/service.yml', help: 'YAML file; the default one may be missing' }),
  dotenvPath: file({
    flag: 'dotenv-path',
    group,
    default: '/etc/cyverse/de/env/service.env',
    help: 'NAME=value lines, stronger than the file; may be missing',
  }),
  envPrefix: text({ flag: 'env-prefix', group, default: 'DISCOENV_', help: 'the environment, stronger than both: db.uri is DISCOENV_DB_URI' }),
};
