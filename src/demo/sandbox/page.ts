/** Text that is HTML already. Everything else that goes into a page is escaped. */
class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | Html | readonly Html[];

function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(parts.map((part, index) => part + textOf(pieces[index] ?? '')).join(''));
}

function textOf(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  return typeof piece === 'string' ? Bun.escapeHTML(piece) : piece.map(({ text }) => text).join('');
}

export interface AnalysisFacts {
  readonly name: string;
  readonly app: string;
  readonly user: string;
  readonly image: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly resources: string;
  readonly externalId: string;
  /** RFC 3339. */
  readonly since: string;
}

/** What a ready analysis answers with in the sandbox. */
export function analysisPage(facts: AnalysisFacts): string {
  const rows = [
    ['App', facts.app],
    ['User', facts.user],
    ['Image', facts.image],
    ['Resources', facts.resources],
    ['Cluster', facts.cluster],
    ['Namespace', facts.namespace],
    ['Pod', facts.pod],
    ['External id', facts.externalId],
    ['Since', facts.since.replace('T', ' ').replace('Z', ' UTC')],
  ] as const;
  const list = rows.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`);
  return page(
    facts.name,
    html`
    <p class="state running"><i></i>Running</p>
    <h1>${facts.name}</h1>
    <dl>${list}</dl>
    <p class="note"><b>This is a sandbox.</b> No container runs here: the objects of this analysis are real to the deployer, the cluster
      they live in is a small imitation inside the demo. In a cluster of your own this page is the app, behind sign-in.</p>`,
  );
}

/** Shown while an analysis has no ready pod; it looks again by itself. */
export function loadingPage(subdomain: string): string {
  return page(
    'Starting',
    html`
    <p class="state starting"><i></i>Starting</p>
    <h1>Your analysis is on its way</h1>
    <p>Its pod at <code>${subdomain}</code> is not ready yet. This page looks again every second.</p>`,
    html`<meta http-equiv="refresh" content="1">`,
  );
}

export function nothingHerePage(host: string): string {
  return page(
    'Nothing here',
    html`
    <p class="state"><i></i>Not found</p>
    <h1>No analysis lives here</h1>
    <p>None of the clusters has a route for <code>${host}</code>. It may have ended, or never begun.</p>`,
  );
}

function page(title: string, body: Html, head: Html = html``): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
<title>${title} · vice</title>
<style>${style}</style>
</head>
<body>
<header>vice <span>sandbox</span></header>
<main>${body}</main>
</body>
</html>
`.text;
}

const style = new Html(`
:root { color-scheme: light dark; --paper: #fff; --ground: #eef1f4; --ink: #1d2733; --soft: #5d6b7a; --line: #dde3e9; --accent: #2b6f77; }
@media (prefers-color-scheme: dark) { :root { --paper: #1b232c; --ground: #12181f; --ink: #e4e9ee; --soft: #98a5b3; --line: #2c3742; --accent: #6fb7bf; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main { width: min(44rem, 100% - 2rem); }
header { margin: 3rem auto .9rem; padding-left: .25rem; font-weight: 650; letter-spacing: .02em; }
header span { color: var(--soft); font-weight: 400; }
main { margin: 0 auto 3rem; padding: 2rem clamp(1.25rem, 5vw, 2.25rem) 2.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: .35rem 0 1.25rem; font-size: clamp(1.25rem, 6vw, 1.65rem); line-height: 1.25; overflow-wrap: anywhere; }
.state { display: flex; align-items: center; gap: .5rem; margin: 0; color: var(--soft); font-size: .9rem; }
.state i { width: .6rem; height: .6rem; border-radius: 50%; background: var(--soft); }
.running i { background: #3d9a6b; }
.starting i { background: #d39b32; animation: breathe 1.2s ease-in-out infinite; }
@keyframes breathe { 50% { opacity: .3; } }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .45rem 1.75rem; margin: 0; padding: 1.1rem 0; border-block: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .6rem; } dt { font-size: .85rem; } }
.note { margin: 1.25rem 0 0; color: var(--soft); font-size: .92rem; }
.note b { color: var(--ink); }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--accent); }
`);
