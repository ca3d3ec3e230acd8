import { exitCommand, launchCommand, logsCommand, statusCommand } from './analysis-commands.ts';
import { auditCommand } from './audit-command.ts';
import { clusterCommands } from './cluster-commands.ts';
import type { ClientCommand, CommandGroup } from './command.ts';
import { completionCommand } from './completion-command.ts';
import { pkiCommands } from './pki-commands.ts';

export const commandGroups: readonly CommandGroup[] = [clusterCommands, pkiCommands];

/** Commands of one word. */
export const singleCommands: readonly ClientCommand[] = [launchCommand, statusCommand, logsCommand, exitCommand, auditCommand, completionCommand];

/** `vice clusters get CLUSTER [FLAG ...]`. */
export function usageOf({ name, operands }: Pick<ClientCommand, 'name' | 'operands'>): string {
  return ['vice', name, ...operands, '[FLAG ...]'].join(' ');
}
