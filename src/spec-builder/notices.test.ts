import { expect, test } from 'bun:test';
import { analysisWith } from '../../test/support/launch-bodies.ts';
import { noticesOf } from './notices.ts';

test('what an analysis asks for and does not get is named for the log, without its secrets', () => {
  const analysis = analysisWith({
    step: { environment: { IPLANT_USER: 'root', GOOD: 'x' } },
    container: {
      image: { name: 'x', tag: '1', auth: 'c2VjcmV0' },
      container_devices: [{ host_path: '/dev/shm', container_path: 'lots' }, { host_path: '/dev/fuse' }],
    },
  });
  const notices = noticesOf(analysis);
  expect(notices.map(({ path }) => path)).toEqual([
    'steps[0].component.container.image.auth',
    'steps[0].component.container.container_devices[0].container_path',
    'steps[0].environment.IPLANT_USER',
  ]);
  expect(JSON.stringify(notices)).not.toContain('c2VjcmV0');
});

test('an analysis that gets all it asks for has none', () => {
  expect(noticesOf(analysisWith())).toEqual([]);
});
