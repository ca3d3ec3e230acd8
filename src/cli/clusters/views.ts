import type { CertificateFacts, Cluster } from '../../schema/cluster.ts';
import { ago } from '../output/moments.ts';
import { yamlOf } from '../output/print.ts';
import type { Screen, Tone } from '../output/screen.ts';
import { type Column, indented, record, table } from '../output/table.ts';

const TONES: Readonly<Record<Cluster['status'], Tone>> = {
  registered: 'plain',
  healthy: 'good',
  degraded: 'warning',
  draining: 'warning',
  disabled: 'quiet',
  unreachable: 'bad',
  auth_failed: 'bad',
};
/** Fewer days than this of a certificate are worth a word. */
const SOON_DAYS = 30;

const columns = (now: number): readonly Column<Cluster>[] => [
  { header: 'NAME', of: ({ name }) => name },
  { header: 'STATUS', of: ({ status }) => status, tone: ({ status }) => TONES[status] },
  { header: 'PRIORITY', of: ({ priority }) => priority },
  { header: 'TLS', of: tlsOf },
  { header: 'CHECKED', of: (cluster) => checkedOf(cluster, now) },
  { header: 'DEPLOYER', of: ({ deployer_url }) => deployer_url, isLong: true },
];

/** All clusters, and below the table whatever somebody should look at. */
export function clustersTable(clusters: readonly Cluster[], screen: Screen, now: number): string {
  if (clusters.length === 0) return 'no cluster is registered; vice clusters register --name NAME --url URL registers one\n';
  const rows = clusters.toSorted((a, b) => a.priority - b.priority || a.name.localeCompare(b.name));
  const notes = rows.flatMap((cluster) => notesOf(cluster).map((note) => `${cluster.name}: ${note}\n`));
  return table(rows, columns(now), screen) + (notes.length === 0 ? '' : `\n${notes.join('')}`);
}

/** One cluster, with its profile and the facts of its certificates. */
export function clusterPage(cluster: Cluster, now: number): string {
  const { ca_certificates: authorities = [], client_certificate: client, profile } = cluster;
  const head = record([
    ['name', cluster.name],
    ['id', cluster.id],
    ['status', cluster.status],
    ['reason', cluster.status_reason],
    ['deployer', cluster.deployer_url],
    ['connection', connectionOf(cluster)],
    ['checked', checkedOf(cluster, now)],
    ['version', cluster.deployer?.version],
    ['clock', clockOf(cluster)],
    ['enabled', cluster.enabled ? 'yes' : 'no'],
    ['priority', cluster.priority],
    ['tls', tlsOf(cluster)],
    ['forgotten', leftOf(cluster)],
    ['registered', cluster.created_at],
    ['changed', cluster.updated_at],
  ]);
  const certificates = [
    ...(client ? [`\nclient certificate\n${indented(certificateRecord(client))}`] : []),
    ...authorities.map((authority) => `\nauthority of the deployer\n${indented(certificateRecord(authority))}`),
  ];
  const profileText = Object.keys(profile).length === 0 ? '' : `\nprofile\n${indented(yamlOf(profile))}`;
  return head + certificates.join('') + profileText;
}

/** How its deployer was found, in words. */
export function connectionOf({ connection }: Cluster): string {
  if (connection === undefined) return 'not asked yet';
  return connection.reason === undefined ? connection.state : `${connection.state}: ${connection.reason}`;
}

/** What no clock that is kept right is off by. */
const MOST_SKEW_MS = 5_000;

function isClockWrong({ deployer }: Cluster): boolean {
  return Math.abs(deployer?.clock_skew_ms ?? 0) > MOST_SKEW_MS;
}

function clockOf({ deployer }: Cluster): string | undefined {
  if (deployer === undefined) return undefined;
  const seconds = Math.round(deployer.clock_skew_ms / 1_000);
  if (seconds === 0) return 'right';
  return `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
}

function leftOf({ tombstones = 0 }: Cluster): string | undefined {
  if (tombstones === 0) return undefined;
  return tombstones === 1 ? '1 analysis may still be there' : `${tombstones} analyses may still be there`;
}

function tlsOf({ mtls_enabled, deployer_url }: Cluster): string {
  if (mtls_enabled) return 'mutual';
  return deployer_url.startsWith('https:') ? 'yes' : 'no';
}

function checkedOf({ last_health_check: at }: Cluster, now: number): string {
  return at === undefined ? 'never' : ago(at, now);
}

function notesOf(cluster: Cluster): readonly string[] {
  const { status_reason, connection, client_certificate: client, ca_certificates: authorities = [] } = cluster;
  const trouble = status_reason ?? connection?.reason;
  return [
    ...(trouble === undefined ? [] : [trouble]),
    ...(isClockWrong(cluster) ? [`the clock of its deployer is ${clockOf(cluster)}`] : []),
    ...(client === undefined ? [] : expiring('the client certificate', client)),
    ...authorities.flatMap((authority) => expiring(`the authority ${authority.subject}`, authority)),
  ];
}

function expiring(what: string, { days_left: days, not_after }: CertificateFacts): readonly string[] {
  if (days >= SOON_DAYS) return [];
  return [days < 0 ? `${what} expired at ${not_after}` : `${what} expires in ${days} days`];
}

function certificateRecord(facts: CertificateFacts): string {
  return record([
    ['subject', facts.subject],
    ['issuer', facts.issuer],
    ['names', facts.names.join(', ')],
    ['valid', `${facts.not_before} to ${facts.not_after}`],
    ['left', facts.days_left < 0 ? 'EXPIRED' : `${facts.days_left} days`],
    ['sha-256', facts.fingerprint],
  ]);
}
