declare module '*.yaml' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import with { type: 'text' } has no other export
  export default text;
}
