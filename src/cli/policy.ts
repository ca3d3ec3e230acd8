import { loadPolicyConfig } from '../config/policy-command.ts';
import { print, yamlOf } from './output/print.ts';
import { type Answer, answerOf } from './policy-answer.ts';

/**
 * `vice policy check FILE|-`: the verdict of a deployer with this policy, without a cluster; exit code 0 accepted, 1 refused, no spec or no such document, 2 flags and policy.
 * `vice policy show`: the policy in force, every default filled in.
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const config = loadPolicyConfig(argv, env);
  if (config.action === 'show') {
    // A person can read a policy as it is written.
    print(config.output, config.policy, () => yamlOf(config.policy));
    return 0;
  }
  const answer = await answerOf(config);
  print(config.output, answer, () => told(answer));
  return answer.accepted ? 0 : 1;
}

function told(answer: Answer): string {
  if (answer.accepted) return `accepted: ${answer.external_id}\n`;
  const faults = (answer.faults ?? []).map(({ path, message, rule, allowed }) => {
    const why = rule === undefined ? '' : `\n      ${rule}${allowed === undefined ? '' : `; allowed: ${allowed}`}`;
    return `\n  ${path === '' ? 'the spec' : path} ${message}${why}`;
  });
  return `refused: ${answer.detail}${faults.join('')}\n`;
}
