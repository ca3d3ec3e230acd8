/**
 * The text as kubelet hands it on unchanged. In commands, arguments and environment kubelet takes `$(NAME)` for a variable and `$$` for an escaped
 * dollar sign (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/), so what users may choose and
 * the platform's own programs must read as it is needs a second dollar sign there.
 */
export function literal(text: string): string {
  return text.replace(/\$(?=[$(])/g, '$$$$');
}
