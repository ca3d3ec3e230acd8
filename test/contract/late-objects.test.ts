import { afterAll, beforeAll } from 'bun:test';
import { lateObjectCases, overtakenRemovalCases } from './late-objects.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

lateObjectCases(() => ground);
overtakenRemovalCases(() => ground);
