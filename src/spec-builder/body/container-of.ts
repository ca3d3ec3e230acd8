import type { Analysis } from '../../schema/analysis.ts';
import type { Container } from '../../schema/container.ts';
import type { Step } from '../../schema/step.ts';

/** What the pod runs as where the tool names no user: no analysis runs as root. */
const DEFAULT_UID = 1000;

/** The one step. */
export function stepOf(analysis: Analysis): Step {
  const [step] = analysis.steps;
  if (step === undefined) throw new Error('cannot happen: the schema asks for one step');
  return step;
}

/** The tool's container. */
export function containerOf(analysis: Analysis): Container {
  return stepOf(analysis).component.container;
}

/** User and group of everything in the pod. */
export function uidOf(analysis: Analysis): number {
  return containerOf(analysis).uid ?? DEFAULT_UID;
}

/** Where the app listens: the first port of the tool. */
export function appPortOf(analysis: Analysis): number {
  const [port] = containerOf(analysis).ports;
  if (port === undefined) throw new Error('cannot happen: the schema asks for a port');
  return port.container_port;
}

/** Where the local volume is mounted. app-exposer's default, which the tools' images know. */
export function workingDirectoryOf(container: { readonly working_directory?: string | undefined }): string {
  return container.working_directory || '/de-app-work';
}
