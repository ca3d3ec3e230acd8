import type { ApiRequest, Fault } from './faulty-apiserver.ts';

/** What becomes of the watches between a deployer and its kube-apiserver; everything else passes. */
export interface WatchFaults {
  readonly fault: Fault;
  /** They are opened and never say anything. */
  isSilent: boolean;
  /** They cannot be opened. */
  isRefused: boolean;
  /** They ask for a version of long ago, as after a long absence; what they hear of it is kube-apiserver's own. */
  isFromLongAgo: boolean;
  /** The kinds, in the plural, of which kube-apiserver has said that it does not know that version any more. */
  readonly expired: ReadonlySet<string>;
  /** Ends every watch that is open, as a load balancer does. */
  sever(): void;
  heal(): void;
}

export function watchFaults(): WatchFaults {
  const expired = new Set<string>();
  let cut = new AbortController();

  const severable = (response: Response, heard: (text: string) => void = () => undefined): Response => {
    const decoder = new TextDecoder();
    const tap = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        heard(decoder.decode(chunk, { stream: true }));
        controller.enqueue(chunk);
      },
    });
    void response.body?.pipeTo(tap.writable, { signal: cut.signal }).catch(() => undefined); // that is what severing does
    return new Response(tap.readable, { status: response.status, headers: response.headers });
  };
  const fromLongAgo: Fault = async (request, forward) => {
    const response = await forward(request.path.replace(/resourceVersion=\d+/, 'resourceVersion=1'));
    if (response.status === 410) expired.add(watchedKind(request));
    if (response.status !== 200) return response;
    return severable(response, (text) => void (/"code":\s?410/.test(text) && expired.add(watchedKind(request))));
  };
  const faults: WatchFaults = {
    isSilent: false,
    isRefused: false,
    isFromLongAgo: false,
    expired,
    fault: async (request, forward) => {
      if (!request.isWatch()) return forward();
      if (faults.isRefused) return 'reset';
      if (faults.isFromLongAgo) return fromLongAgo(request, forward);
      return faults.isSilent ? new Response(new ReadableStream<Uint8Array>()) : severable(await forward());
    },
    sever: () => {
      cut.abort(new Error('severed'));
      cut = new AbortController();
    },
    heal: () => {
      Object.assign(faults, { isSilent: false, isRefused: false, isFromLongAgo: false });
    },
  };
  return faults;
}

/** In the plural, as its path has it. */
export function watchedKind({ path }: ApiRequest): string {
  return new URL(path, 'http://localhost').pathname.split('/').at(-1) ?? '';
}
