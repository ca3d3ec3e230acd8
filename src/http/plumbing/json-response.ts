/** A JSON answer. The platform's services compare the content type as text, so it carries no charset. */
export function jsonResponse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${JSON.stringify(body)}\n`, { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** Some tens of KB of text. */
const ITEMS_AT_ONCE = 50;

/**
 * The JSON answer `{...head, [key]: [...items]}`. Items are asked for as the reader takes them, a few at a time, and no more when it leaves: however many
 * there are, and however slowly they are read, few are in memory at once. What fails on the way ends the answer without its end, and is told to `cutBy`.
 */
export function jsonListResponse(head: object, key: string, items: Iterable<unknown>, cutBy: (err: unknown) => void): Response {
  const parts = jsonParts(head, key, items);
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        await new Promise((resolve) => setImmediate(resolve)); // others have their turn between the parts of a long list
        try {
          const { done, value } = parts.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (err) {
          cutBy(err);
          throw err;
        }
      },
      cancel: () => void parts.return(undefined),
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { headers: { 'content-type': 'application/json' } });
}

function* jsonParts(head: object, key: string, items: Iterable<unknown>): Generator<string, undefined> {
  let text = JSON.stringify({ ...head, [key]: [] }).slice(0, -2);
  let count = 0;
  for (const item of items) {
    text += `${count === 0 ? '' : ','}${JSON.stringify(item)}`;
    count += 1;
    if (count % ITEMS_AT_ONCE > 0) continue;
    yield text;
    text = '';
  }
  yield `${text}]}\n`;
  return undefined;
}
