import { expect, test } from 'bun:test';
import type { Cluster } from '../../schema/cluster.ts';
import type { ClusterId } from '../../schema/ids.ts';
import { clusterPage, clustersTable } from './views.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const screen = { isTerminal: false, width: 200, isColored: false, isWatched: false, canAsk: false };

function cluster(name: string, clock_skew_ms?: number): Cluster {
  const id = '00000000-0000-4000-8000-000000000001' as ClusterId; // a UUID, which is all that the brand promises
  const at = '2026-01-02T03:04:05Z';
  const row = {
    id,
    name,
    deployer_url: `http://${name}`,
    enabled: true,
    priority: 1,
    mtls_enabled: false,
    profile: {},
    created_at: at,
    updated_at: at,
  };
  return { ...row, status: 'healthy', ...(clock_skew_ms !== undefined && { deployer: { version: '1.2.3', clock_skew_ms } }) };
}

test('a page tells the version and the clock of the deployer', () => {
  expect(clusterPage(cluster('east', -9_000), now)).toMatch(/version +1\.2\.3\n.*clock +9 s behind\n/);
  expect(clusterPage(cluster('east', 0), now)).toMatch(/clock +right\n/);
  expect(clusterPage(cluster('east'), now)).not.toContain('clock');
});

test('below the table stands whose clock is off by more than five seconds', () => {
  const told = clustersTable([cluster('east', 5_000), cluster('west', 5_500), cluster('north')], screen, now);
  expect(told.split('\n').filter((line) => line.includes('clock'))).toEqual(['west: the clock of its deployer is 6 s ahead']);
});
