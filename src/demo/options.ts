import { parseArgs } from 'node:util';
import { ConfigurationError } from '../errors/errors.ts';

/** What the command line of the demo says. */
export interface DemoOptions {
  readonly help: boolean;
  /** Ends by itself after the story. */
  readonly once: boolean;
  /** A real cluster instead of the sandboxes. */
  readonly cluster?: { readonly kubeconfig: string; readonly namespace: string; readonly storageClass: string };
}

export const usage = `vice demo: the coordinator, its deployers and a launched analysis, all on this machine

  npm run demo                              two sandbox clusters, until Ctrl-C
  npm run demo -- --once                    tells its story, cleans up and ends
  npm run demo -- --kubeconfig FILE         on a cluster of yours instead

Options
  --once                  end after the story (exit 0 when all of it worked)
  --kubeconfig FILE       use the cluster of this file's current context
  --namespace NAME        its namespace for analyses, which must exist (default: vice-apps)
  --storage-class NAME    its class for working directories (default: openebs-hostpath)
  --help                  this text

What a cluster of yours needs for the pod of the example to run: nodes with the label "analysis", that storage class, the
CSI driver irods.csi.cyverse.org, and images that its nodes can pull. Without these the demo shows what is missing. It
creates one analysis in that namespace, a PersistentVolume for it, and removes both at its end.
`;

const flags = {
  help: { type: 'boolean', short: 'h', default: false },
  once: { type: 'boolean', default: false },
  kubeconfig: { type: 'string' },
  namespace: { type: 'string' },
  'storage-class': { type: 'string' },
} as const;

/** @throws ConfigurationError */
export function parseDemoOptions(argv: readonly string[]): DemoOptions {
  const { help, once, kubeconfig, namespace, 'storage-class': storageClass } = parse(argv);
  if (kubeconfig === undefined && (namespace ?? storageClass) !== undefined) {
    throw new ConfigurationError('--namespace and --storage-class are for a cluster of yours: they need --kubeconfig');
  }
  const cluster = kubeconfig && { kubeconfig, namespace: namespace ?? 'vice-apps', storageClass: storageClass ?? 'openebs-hostpath' };
  return { help, once, ...(cluster && { cluster }) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false }).values;
  } catch (err) {
    throw new ConfigurationError(err instanceof Error ? err.message : String(err), { cause: err });
  }
}
