/**
 * An answer that is written as its records come: one JSON document a line. `onLeave` is called when the reader goes before the end; nothing is read
 * ahead of what the reader takes.
 */
export function ndjsonResponse(records: AsyncIterable<readonly unknown[]>, onLeave: () => void): Response {
  const batches = records[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await batches.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map((record) => `${JSON.stringify(record)}\n`).join('')));
    },
    cancel: onLeave,
  });
  // nginx holds answers back until a buffer is full, unless it is told.
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson', 'x-accel-buffering': 'no' } });
}
