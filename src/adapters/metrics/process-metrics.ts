import type { Meter, SetSample } from './meter.ts';
import { counter, gauge, histogram } from './metric.ts';

/** Of every process, whatever its mode. */
export const PROCESS = {
  build: gauge('vice_build_info', '1, with the version of the program and its mode as labels', ['version', 'mode']),
  started: gauge('process_start_time_seconds', 'When the process started, in seconds since 1970'),
  cpu: counter('process_cpu_seconds_total', 'Processor time that the process has used, in seconds'),
  memory: gauge('process_resident_memory_bytes', 'Memory of the process that is in RAM, in bytes'),
  requests: counter('vice_http_requests_total', 'Answers, by the template of their path (`unknown`: none) and status', ['method', 'route', 'status']),
  requestSeconds: histogram('vice_http_request_duration_seconds', 'How long answers took until they began, in seconds; long polls wait on purpose', [
    'method',
    'route',
  ]),
} as const;

/** An answer as the application tells of it; see `http/plumbing`. */
export interface AnsweredRequest {
  /** One of HTTP's own, or `other`. */
  readonly method: string;
  /** Template of the path, or `unknown`. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export function countAnswer(meter: Meter, { method, route, status, seconds }: AnsweredRequest): void {
  meter.count(PROCESS.requests, { method, route, status: String(status) });
  meter.observe(PROCESS.requestSeconds, { method, route }, seconds);
}

export function sampleProcess(set: SetSample, version: string, mode: string): void {
  const { user, system } = process.cpuUsage();
  set(PROCESS.build, { version, mode }, 1);
  set(PROCESS.started, {}, Math.round(performance.timeOrigin / 1_000));
  set(PROCESS.cpu, {}, (user + system) / 1e6);
  set(PROCESS.memory, {}, process.memoryUsage.rss());
}
