/** The path of a request. A Host header that makes no URL leaves none to tell, and must not make the telling fail. */
export function pathOf(request: Request): string {
  return URL.parse(request.url)?.pathname ?? '/';
}
