import { name, oneOf, port, wholeNumber } from './option.ts';

const group = 'Process';

// `panic` is a level of app-exposer's logger; ours has no graver one than `fatal`.
const logLevel = oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic');

const seconds = wholeNumber(0, 3600, 'SECONDS');

/** What every server has; only the defaults differ. */
export function processOptions(defaults: { readonly port: number; readonly logLevel: string; readonly maxBodyBytes: number }) {
  return {
    port: port({ flag: 'port', group, default: String(defaults.port), help: 'port to listen on; 0: any free one' }),
    hostname: name({ flag: 'hostname', group, default: '0.0.0.0', metavar: 'ADDRESS', help: 'address to listen on; :: for IPv6 as well' }),
    logLevel: logLevel({
      flag: 'log-level',
      group,
      default: defaults.logLevel,
      metavar: 'LEVEL',
      help: 'least level of the JSON log on standard output: trace, debug, info, warn, error, fatal',
    }),
    drainSeconds: seconds({ flag: 'drain-seconds', group, default: '25', help: 'after SIGTERM, how long requests under way may take' }),
    maxBodyBytes: wholeNumber(
      1,
      2 ** 30,
      'BYTES',
    )({ flag: 'max-body-bytes', group, default: String(defaults.maxBodyBytes), help: 'largest body of a request' }),
  };
}
