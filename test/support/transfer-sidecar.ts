/** A record as the program writes it: the kind is wrong for uploads, and a time that is not set is the first second of the year 1. */
interface TransferRecord {
  readonly uuid: string;
  readonly start_time: string;
  completion_time: string;
  status: 'requested' | 'downloading' | 'uploading' | 'completed' | 'failed';
  readonly kind: 'download';
}

type Type = 'download' | 'upload';

/** What the program answers in the place of what it should. */
export type Mischief = (request: Request) => Response | Promise<Response> | undefined;

const NOT_SET = '0001-01-01T00:00:00Z';

/** One pod's program for transfers. It keeps its records in memory, and moves no file: a test says how a transfer ends. */
export class TransferSidecar {
  /** `POST /upload`, in the order in which they came. */
  readonly requests: string[] = [];
  /** Without it a download never begins. */
  hasPathList = true;
  mischief: Mischief = () => undefined;
  #records = new Map<string, TransferRecord>();
  #running: TransferRecord | undefined;

  /** How the transfer that runs ends. */
  end(status: 'completed' | 'failed'): void {
    if (!this.#running) throw new Error('no transfer runs');
    this.#running.status = status;
    this.#running.completion_time = '2026-03-01T12:34:56Z';
    this.#running = undefined;
  }

  /** All that it knew is gone. */
  restart(): void {
    this.#records = new Map();
    this.#running = undefined;
  }

  async answer(request: Request, path: string): Promise<Response> {
    this.requests.push(`${request.method} ${path}`);
    const answer = await this.mischief(request);
    if (answer) return answer;
    if (request.method === 'GET' && path === '/') return new Response('Hello from vice-file-transfers.\n');
    const [, type, uuid] = /^\/(download|upload)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (type !== 'download' && type !== 'upload') return new Response('404 page not found\n', { status: 404 });
    if (request.method === 'POST' && uuid === undefined) return Response.json(this.#start(type));
    const record = this.#records.get(`${type} ${uuid}`);
    return request.method === 'GET' && record ? Response.json(record) : new Response(null, { status: 404 });
  }

  /** Told as it is at first; it begins at once, or never. */
  #start(type: Type): TransferRecord {
    const record: TransferRecord = {
      uuid: crypto.randomUUID(),
      start_time: new Date().toISOString(),
      completion_time: NOT_SET,
      status: 'requested',
      kind: 'download',
    };
    this.#records.set(`${type} ${record.uuid}`, record);
    const told = { ...record };
    if (this.#running || (type === 'download' && !this.hasPathList)) return told;
    this.#running = record;
    record.status = type === 'download' ? 'downloading' : 'uploading';
    return told;
  }
}

/** The programs of many pods behind one port, each below the external id of its analysis. */
export interface TransferSidecars {
  /** For `--transfer-url`. */
  readonly template: string;
  of(externalId: string): TransferSidecar;
  stop(): Promise<void>;
}

export function startTransferSidecars(): TransferSidecars {
  const sidecars = new Map<string, TransferSidecar>();
  const of = (externalId: string) => {
    const sidecar = sidecars.get(externalId) ?? new TransferSidecar();
    sidecars.set(externalId, sidecar);
    return sidecar;
  };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    reusePort: false,
    fetch: (request) => {
      const [, externalId = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(new URL(request.url).pathname) ?? [];
      return of(externalId).answer(request, path);
    },
  });
  return { template: `http://127.0.0.1:${server.port}/{external_id}`, of, stop: () => server.stop(true) };
}
