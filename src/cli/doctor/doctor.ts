import { type DoctorConfig, loadDoctorConfig } from '../../config/doctor-command.ts';
import { print } from '../output/print.ts';
import { progress } from '../output/progress.ts';
import { screenOf } from '../output/screen.ts';
import { coordinatorFindings } from './coordinator-checks.ts';
import { deployerFindings } from './deployer-checks.ts';
import type { Finding } from './finding.ts';
import { report } from './report.ts';

/** `vice doctor`: looks at everything that a coordinator or a deployer needs, and says what is wrong and what to do. Exit code 1 when anything is wrong. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const doctor = loadDoctorConfig(argv, env);
  const screen = screenOf(env);
  const telling = progress(screen);
  const findings: Finding[] = [];
  for await (const finding of findingsOf(doctor, signal)) {
    findings.push(finding);
    telling.say(`looked at ${finding.check}`);
  }
  telling.end();
  const isWell = findings.every(({ outcome }) => outcome !== 'wrong');
  print(doctor.output, { of: doctor.of, is_well: isWell, findings }, () => report(findings, screen));
  return isWell && !signal.aborted ? 0 : 1;
}

async function* findingsOf(doctor: DoctorConfig, signal: AbortSignal): AsyncGenerator<Finding> {
  const check = 'configuration';
  const { config } = doctor;
  if ('faults' in config) {
    for (const { path, message } of config.faults) {
      yield {
        check,
        outcome: 'wrong',
        says: `${path} ${message}`.trim(),
        todo: `vice help ${doctor.of === 'coordinator' ? 'coordinator' : 'standalone'} lists every flag and key`,
      };
    }
    return;
  }
  for (const warning of config.warnings) yield { check, outcome: 'note', says: warning };
  yield { check, outcome: 'ok', says: 'can be read' };
  if (doctor.of === 'coordinator' && 'dbUri' in config) yield* coordinatorFindings(config, signal);
  if (doctor.of === 'deployer' && 'namespace' in config) yield* deployerFindings(config, signal);
}
