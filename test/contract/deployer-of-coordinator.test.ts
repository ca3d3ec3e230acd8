import { pino } from 'pino';
import { createStandalone } from '../../src/modes/standalone.ts';
import { startStandInDeployer } from '../support/stand-in-deployer.ts';
import { deployerOfCoordinator } from './deployer-of-coordinator.ts';
import { sandboxGround } from './sandbox-ground.ts';

deployerOfCoordinator('a deployer on the sandbox', async () => {
  const ground = await sandboxGround();
  const standalone = createStandalone(ground.config, pino({ level: 'silent' }));
  await standalone.connected;
  return { url: standalone.url, stop: () => standalone.stop().then(ground.stop) };
});

deployerOfCoordinator('the stand-in for many deployers', async () => startStandInDeployer());
