import type { Assignment, AssignmentPage, AssignmentReport } from '../../schema/assignment.ts';
import type { ContainerStatus } from '../../schema/deployment-status.ts';
import { ago } from '../output/moments.ts';
import type { Screen, Tone } from '../output/screen.ts';
import { type Column, record, table } from '../output/table.ts';

const TONES: Readonly<Record<Assignment['state'], Tone>> = {
  reserved: 'warning',
  applying: 'warning',
  applied: 'plain',
  running: 'good',
  stopping: 'warning',
  stopped: 'quiet',
  failed: 'bad',
};

export function analysesTable({ analyses, next }: AssignmentPage, screen: Screen, now: number): string {
  if (analyses.length === 0) return 'there is no such analysis; those that have ended are listed with --state all\n';
  const columns: readonly Column<Assignment>[] = [
    { header: 'ID', of: ({ external_id }) => external_id },
    { header: 'STATE', of: ({ state }) => state, tone: ({ state }) => TONES[state] },
    { header: 'CLUSTER', of: ({ cluster }) => cluster?.name ?? '-', isLong: true },
    { header: 'USER', of: ({ username }) => username, isLong: true },
    { header: 'LAUNCHED', of: ({ created_at }) => ago(created_at, now) },
  ];
  return `${table(analyses, columns, screen)}${next === undefined ? '' : '\nthere are more: --limit, --cluster, --user and --state choose\n'}`;
}

const containerColumns: readonly Column<ContainerStatus>[] = [
  { header: 'CONTAINER', of: ({ name }) => name },
  { header: 'STATE', of: ({ state }) => state },
  { header: 'READY', of: ({ ready }) => (ready ? 'yes' : 'no'), tone: ({ ready }) => (ready ? 'good' : 'plain') },
  { header: 'RESTARTS', of: ({ restart_count }) => restart_count },
  { header: 'REASON', of: ({ reason, message }) => [reason, message].filter((part) => part !== undefined).join(': '), isLong: true },
];

export function analysisPage(report: AssignmentReport, screen: Screen, now: number): string {
  const { in_cluster: found, cluster, host, removal } = report;
  const status = found?.answer === 'status' ? found.status : undefined;
  const head = record([
    ['analysis', report.external_id],
    ['id', report.analysis_id],
    ['user', report.username],
    ['state', report.state],
    ['reason', report.reason],
    ['cluster', cluster?.name ?? 'none'],
    ['host', host],
    ['launched', ago(report.created_at, now)],
    ['attempt', report.attempt],
    ['removal', removal && `tried ${removal.tries} times${removal.note === undefined ? '' : `: ${removal.note}`}`],
    ['in cluster', inCluster(found)],
    ['page', status && (status.url_ready ? 'answers' : 'does not answer yet')],
    ['message', status?.message],
    ['hint', status?.hint],
  ]);
  const containers = status?.containers ?? [];
  return containers.length === 0 ? head : `${head}\n${table(containers, containerColumns, screen)}`;
}

function inCluster(found: AssignmentReport['in_cluster']): string | undefined {
  if (found === undefined) return undefined;
  if (found.answer === 'status') return found.status.phase;
  return found.answer === 'gone' ? 'nothing is there' : `not known, the cluster does not answer: ${found.reason}`;
}
