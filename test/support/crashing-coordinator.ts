import { startCoordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { capturedLog } from './captured-log.ts';
import { withCrashPoints } from './crash-points.ts';
import { coordinatorConfig } from './platform.ts';

// A program: a coordinator that kills itself, as kill -9 would, when it reaches one point. Its first line of output is its address.
const [dbUri = '', crashPoint = ''] = process.argv.slice(2);

const config = coordinatorConfig(dbUri);
const { log } = capturedLog();
const adapters = withCrashPoints(openAdapters(config, log), (point) => {
  if (point === crashPoint) die();
});
const coordinator = startCoordinator(config, log, adapters);
await coordinator.prepared;
process.stdout.write(`${coordinator.url}\n`);

/** Nothing else of this program runs after this, not even what is next in the queue. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
