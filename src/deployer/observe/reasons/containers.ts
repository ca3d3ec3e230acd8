import type { ContainerFacts, Ending } from '../pod-facts.ts';
import type { Warning } from '../warnings.ts';
import { imageTrouble } from './images.ts';
import { codeIn, type Found, type Reason } from './reason.ts';

const LOGS = 'Look at the logs of the container';

export const CONTAINER_REASONS = {
  out_of_memory: { is: 'Container {about} needed more memory than it may have', hint: 'Launch it with more memory, or with less data.' },
  crash_loop: {
    is: 'Container {about} ends again and again',
    hint: `${LOGS}, its previous ones too; the program itself must be mended.`,
    isFinal: true,
  },
  container_exited: { is: 'Container {about} ended and is started again', hint: `${LOGS}, its previous ones too, if it goes on.` },
  program_ended: {
    is: 'Container {about} ended by itself without a failure, where it should serve a page',
    hint: `${LOGS}; the tool must run a server that does not end.`,
  },
  start_failed: {
    is: 'The program of container {about} cannot be started',
    hint: 'Check the entry point, the command and the working directory of the tool: the image does not have such a program, or not for this user.',
  },
  init_failed: {
    is: 'Container {about}, which prepares the analysis, fails',
    hint: `${LOGS}: inputs that cannot be read are the usual cause.`,
  },
  liveness_failing: {
    is: 'Container {about} stopped answering and is started again',
    hint: `${LOGS}; it may need more memory or processors than it has.`,
  },
  startup_failing: { is: 'Container {about} does not answer yet', hint: `It may take its time. ${LOGS} if it goes on.` },
  readiness_failing: {
    is: 'Container {about} runs, and its page does not answer',
    hint: `It may still be starting. ${LOGS} if it goes on, and check the port in the tool's description.`,
  },
  hook_failed: { is: 'What container {about} does right after its start fails', hint: LOGS.concat('.') },
  config_map_missing: {
    is: 'Container {about} needs a ConfigMap that is not in the cluster',
    hint: 'The same launch again brings one of the analysis back; of any other ask the administrator.',
  },
  secret_missing: {
    is: 'Container {about} needs a Secret that is not in the cluster',
    hint: "The cluster's administrator makes it once, in the namespace of the analyses; then it starts by itself.",
  },
  config_key_missing: {
    is: 'Container {about} needs a key that its ConfigMap or Secret does not have',
    hint: "The cluster's administrator adds it; then it starts by itself.",
  },
  runs_as_root: {
    is: 'The image of container {about} runs as root, which is not allowed here',
    hint: 'Build the image with a USER of its own, by number.',
    isFinal: true,
  },
  container_config: { is: 'Container {about} cannot be configured', hint: 'It is tried again by itself; if it goes on, ask the administrator.' },
  container_create: { is: 'The node cannot make container {about}', hint: 'It is tried again by itself; if it goes on, ask the administrator.' },
} as const satisfies Record<string, Reason>;

type ContainerCode = keyof typeof CONTAINER_REASONS;
type FoundHere = Found<ContainerCode> | ReturnType<typeof imageTrouble>;

const CONFIG: readonly (readonly [RegExp, ContainerCode])[] = [
  [/couldn't find key|non-existent config key/i, 'config_key_missing'],
  [/configmap "[^"]*" not found/i, 'config_map_missing'],
  [/secret "[^"]*" not found/i, 'secret_missing'],
  [/runAsNonRoot|run as root/i, 'runs_as_root'],
];

/** Exit codes that a shell, or the runtime, gives for a program that it cannot run; https://tldp.org/LDP/abs/html/exitcodes.html. */
const CANNOT_RUN = new Set([126, 127, 128]);
const NEVER_RAN = new Set(['StartError', 'ContainerCannotRun', 'RunContainerError']);

/** Undefined while nothing is wrong with it. `warnings` are those about its pod. */
export function containerTrouble(container: ContainerFacts, warnings: readonly Warning[]): FoundHere {
  const { name: about, state, reason = '', message: said } = container;
  const told = warnings.filter((warning) => warning.container === undefined || warning.container === about);
  if (state === 'terminated') return hasDoneItsWork(container) ? undefined : ended(container, { exit_code: 0, ...container }, told);
  if (state === 'running') return container.ready || (container.init && container.started) ? undefined : notReady(container, told);
  switch (reason) {
    case 'CrashLoopBackOff': {
      const found = ended(container, container.last, told);
      return { ...found, code: found.code === 'container_exited' ? 'crash_loop' : found.code, isFinal: true };
    }
    case 'CreateContainerConfigError':
      return { code: codeIn(said ?? '', CONFIG) ?? 'container_config', about, said };
    case 'CreateContainerError':
      return { code: 'container_create', about, said };
    case 'PostStartHookError':
      return { code: 'hook_failed', about, said };
    default:
      if (NEVER_RAN.has(reason)) return { code: 'start_failed', about, said };
      return imageTrouble(about, reason, said, textsOf(told, 'Failed'));
  }
}

/** An init container that ended well. Every other container is to run as long as its pod does. */
function hasDoneItsWork({ init, exit_code }: ContainerFacts): boolean {
  return init && exit_code === 0;
}

function ended({ name: about, init, restart_count }: ContainerFacts, ending: Ending | undefined, warnings: readonly Warning[]): Found<ContainerCode> {
  const { reason = '', message, exit_code } = ending ?? {};
  if (reason === 'OOMKilled') return { code: 'out_of_memory', about };
  if (NEVER_RAN.has(reason)) return { code: 'start_failed', about, said: message };
  const said = saidOf(restart_count, exit_code);
  if (exit_code !== undefined && CANNOT_RUN.has(exit_code)) return { code: 'start_failed', about, said };
  const [liveness] = probes(warnings, 'Liveness');
  // What the kubelet kills: by SIGTERM, or by SIGKILL after its grace.
  if (liveness !== undefined && (exit_code === 137 || exit_code === 143)) return { code: 'liveness_failing', about, said: liveness };
  if (init) return { code: 'init_failed', about, said };
  return { code: exit_code === 0 ? 'program_ended' : 'container_exited', about, said };
}

function saidOf(restarts: number, exitCode: number | undefined): string {
  const times = `${restarts} ${restarts === 1 ? 'restart' : 'restarts'} so far`;
  return exitCode === undefined ? times : `exit code ${exitCode}, ${times}`;
}

function notReady(container: ContainerFacts, warnings: readonly Warning[]): Found<ContainerCode> | undefined {
  const { name: about, last, started } = container;
  const [startup] = probes(warnings, 'Startup');
  if (last !== undefined) return ended(container, last, warnings);
  if (startup !== undefined && !started) return { code: 'startup_failing', about, said: startup };
  const [readiness] = probes(warnings, 'Readiness');
  return readiness === undefined ? undefined : { code: 'readiness_failing', about, said: readiness };
}

function probes(warnings: readonly Warning[], kind: 'Startup' | 'Readiness' | 'Liveness'): readonly string[] {
  return textsOf(warnings, `Unhealthy ${kind}`);
}

function textsOf(warnings: readonly Warning[], reason: string): readonly string[] {
  return warnings.filter((warning) => warning.reason === reason).map(({ message }) => message);
}
