/** What API Gateway makes an HTTP answer of, payload format 2.0. */
export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const TEXT = /^(text\/|application\/([a-z0-9.+-]*\+)?(json|xml)\b|application\/yaml\b)/i;

/** A response as the document that the Runtime API is sent. Its body is read to the end: this transport has no streams. */
export async function resultOf(response: Response): Promise<HttpResult> {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers[name] = value;
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = TEXT.test(response.headers.get('content-type') ?? '') && !response.headers.has('content-encoding');
  return {
    statusCode: response.status,
    headers,
    cookies: response.headers.getSetCookie(),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
