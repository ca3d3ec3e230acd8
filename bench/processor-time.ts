import { readFileSync } from 'node:fs';

/** Processor time that all programs of this machine have had since its start, in ms, the kernel's own work included. Counted in steps of 10 ms. */
export function machineCpuMs(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 8).map(Number);
  return [user, nice, system, irq, softirq].reduce((sum: number, ticks) => sum + (ticks ?? 0), 0) * 10; // 100 ticks a second, as in vice-process.ts
}
