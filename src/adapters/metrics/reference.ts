import { COORDINATOR_METRICS } from './coordinator-metrics.ts';
import { DEPLOYER_METRICS } from './deployer-metrics.ts';
import type { Metric } from './metric.ts';
import { PROCESS } from './process-metrics.ts';

const HEAD = `# Metrics

Made from the code by \`npm run check\`; do not edit.

\`GET /metrics\` of the coordinator and of \`vice --mode=standalone\` answers in the [text format](https://prometheus.io/docs/instrumenting/exposition_formats/) of Prometheus, on the port of the API. With \`--mtls\` it is
answered on \`--probe-port\` (8081) in the clear as well, since Prometheus has no certificate of the coordinator's. Nothing in it names a user or an analysis, and no label has a value that a request chose: a
path that is unknown is \`unknown\`. Behind Lambda there is none: each instance of a function would count for itself alone.

The pods of [deploy/](../../deploy/) carry the annotations \`prometheus.io/scrape\`, \`prometheus.io/port\` and \`prometheus.io/path\`; with the Prometheus operator, PodMonitors and alerts are in
[deploy/observability](../../deploy/observability/). Codes are those of problem details, as \`unavailable\` or \`cluster_full\`; \`internal\` was not foreseen and stands in the log.
`;

const ACCESS_LOG = `## Access log

One JSON line with the message \`request\` for every request of both, also for those that are refused: \`request_id\` (that of the caller's \`X-Request-Id\` where it sends a sane one, and in the answer's header), \`method\`, \`path\`, \`status\`, \`duration_ms\`,
\`peer\`; \`client\` with subject, URI and fingerprint where a certificate was shown, \`subject\` where a token was. No query, no other header and no body. Probes that succeed are told at the level \`debug\`.

What a deployer applies has a line of its own before it, \`a spec was applied\`: the same \`request_id\`, \`external_id\`, \`attempt\`, and \`is_new\`, which is false where the same was applied before.
What it refuses as 422 has \`a spec was refused\`, \`a spec was refused\`, at the level \`warn\`: \`request_id\`, \`external_id\`, \`attempt\`, the \`reason\`, and of the first ten \`faults\` the \`path\` in the spec
and the \`rule\` of the [policy](policy.md).
`;

/** The page of reference. */
export function metricsReference(): string {
  const shared: ReadonlySet<Metric> = new Set(Object.values(PROCESS));
  const own = (metrics: readonly Metric[]) => metrics.filter((metric) => !shared.has(metric));
  const sections = [
    section('Of both', [...shared]),
    section('Of the deployer', own(DEPLOYER_METRICS)),
    section('Of the coordinator', own(COORDINATOR_METRICS)),
  ];
  return [HEAD, ...sections, ACCESS_LOG].join('\n');
}

function section(title: string, metrics: readonly Metric[]): string {
  const rows = metrics.map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return `## ${title}\n\n| name | type | labels | what |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}
