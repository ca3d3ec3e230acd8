/** The connection was never made, so the deployer got nothing. A deployer whose certificate is refused gets nothing either. */
const NOT_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|FailedToOpenSocket|ERR_TLS_.*|ERR_SSL_.*)$/;

/** Whether an error of `fetch` or of the resolver says that nothing of the request was sent. */
export function isNotSent(err: unknown): boolean {
  return NOT_SENT.test(codeOf(err));
}

export function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err && typeof err.code === 'string' ? err.code : '';
}
