import { REASON_GROUPS } from './find-trouble.ts';
import type { Reason } from './reason.ts';

/** The page `docs/reference/status.md`: every reason code, with what it means and what can be done. */
export function statusReference(): string {
  return `# What a status says, and what to do

Made from the tables in \`src/deployer/observe/reasons/\` by \`npm run check\`; not edited by hand.

\`GET /api/v1/deployments/{external_id}/status\`, the list, and the answer to a launch say of each analysis where it is (\`phase\`), how each of its containers is, and as of when
(\`observed_at\`: a deployer that has lost its kube-apiserver goes on telling what it knew last, and this is how a reader sees it). Whatever is not \`running\` also has a \`reason_code\` for
programs, a \`message\` of one sentence, which ends in the words of Kubernetes where it has any, and a \`hint\`. Codes are stable; new ones may come, and a program
treats one that it does not know by its \`phase\`.

| phase | the analysis |
|---|---|
| \`incomplete\` | is there in part: the anchor stands and something is missing. Never "not found" |
| \`pending\` | is applied whole and no pod is ready. It may become so by itself |
| \`running\` | has a pod that is ready, and that nobody ends; no \`reason_code\` |
| \`failed\` | is applied whole and will not run without somebody's doing: the codes marked **failed**, and those of a container that ends again and again |
| \`terminating\` | is being removed, or something outlived its removal |

${Object.entries(REASON_GROUPS)
  .map(([title, reasons]) => section(title, reasons))
  .join('\n')}`;
}

function section(title: string, reasons: Readonly<Record<string, Reason>>): string {
  const rows = Object.entries(reasons).map(([code, { is, hint, isFinal = false }]) => {
    const meaning = is
      .replace('container {about}', 'a container')
      .replace('Container {about}', 'A container')
      .replace('claim {about}', 'a claim')
      .replace('Claim {about}', 'A claim');
    return `| \`${code}\` | ${meaning.replace('{about}', '…')} | ${hint} | ${isFinal ? '**failed**' : ''} |`;
  });
  return `## ${title[0]?.toUpperCase()}${title.slice(1)}\n\n| code | what it means | what to do | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}
