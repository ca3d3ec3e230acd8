import { KindGuard } from '@sinclair/typebox';
import { Policy } from '../../schema/policy.ts';
import { objects } from './fields/spec.ts';
import { DOCUMENT_RULES, RULES, type Rule } from './rules.ts';
import type { Shape } from './shape.ts';

/** The page `docs/reference/policy.md`: every key of a policy, every rule, and every field that is let in. */
export function policyReference(): string {
  return `# The policy of a deployer

Made from the rules (\`src/deployer/policy/\`) and the schema of the policy (\`src/schema/policy.ts\`) by \`npm run check\`; not edited by hand.

The deployer checks every deployment spec before it asks kube-apiserver for anything. Of every object it lets in the fields that are listed below, with the values that are listed there, and nothing
else: what it does not know it refuses. All violations are answered at once, with 422 \`spec_refused\`; each has the \`path\` in the spec, a \`message\`, the \`rule\` and what would be \`allowed\`. The first
200 are told. Nothing of a refused spec is written.

The administrator of a cluster widens or narrows this with a policy file, YAML or JSON, that the deployer is given as \`--policy FILE\`; it is read at the start, and what is wrong with it is told then, all
at once, with exit code 2. A coordinator cannot change it. Every key may be left out and then has its default; rules without a key are the same everywhere.

\`\`\`sh
vice policy show > policy.yaml                                 # every key with its default: a file to begin with
vice policy show --policy policy.yaml                          # what a deployer with this file goes by
vice spec launch.json --config service.yml | vice policy check - --policy policy.yaml      # exit code 0 accepted, 1 refused or no such document, 2 flags and policy
kubectl apply -k FOLDER                                        # a kustomization with ../deployer as resource and ../deployer-policy as component
\`\`\`

Who is held off by what: [cluster-administrator.md](cluster-administrator.md); attempts, one by one: [hostile-specs.md](hostile-specs.md).

## Keys of a policy

Patterns are texts in which \`*\` stands for any run of characters, and a bare \`*\` for everything; an empty list lets nothing in. A \`*\` in a registry or in the host of a URL stands at its beginning alone and does
not reach over the slash. A pattern of an image with a tag does not mean images with a digest, of which runtimes take the digest and not the tag.

${Object.entries(Policy.properties).map(sectionOf).join('\n')}
## Rules

Ids are stable. A rule with a key is widened and narrowed by it.

| rule | refuses | key |
|---|---|---|
${Object.entries(RULES).map(ruleRow).join('\n')}

Before these, a document must be one that every program reads alike. Otherwise it is answered with 400 \`invalid_document\`, as is what is no deployment spec at all:

| rule | refuses |
|---|---|
${Object.entries(DOCUMENT_RULES)
  .map(([id, { refuses }]) => row(`\`${id}\``, refuses))
  .join('\n')}

## What is let in

Fields in bold are required. \`[]\` is each item of a list, \`[name]\` the one of that name.

${Object.entries(objects).map(objectOf).join('\n')}`;
}

function sectionOf([name, section]: [string, (typeof Policy.properties)[keyof typeof Policy.properties]]): string {
  if (!KindGuard.IsObject(section)) throw new Error('cannot happen: a policy consists of sections');
  const rows = Object.entries(section.properties).map(([key, { description = '', default: standard }]) =>
    row(`\`${name}.${key}\``, `\`${JSON.stringify(standard)}\``, description),
  );
  return `**${section.description}**\n\n| key | default | what |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function ruleRow([id, { refuses, key }]: [string, Rule]): string {
  return row(`\`${id}\``, refuses, key === undefined ? '' : `\`${key}\``);
}

function objectOf([member, shape]: [string, Shape]): string {
  const rows = new Rows().of(shape.item ?? shape, '', false);
  return `### \`${member}${shape.item === undefined ? '' : '[]'}\`\n\n| field | what | rule |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** The fields of one object, in which a shape that was told is not told again. */
class Rows {
  readonly #told = new Map<Shape, string>();

  of(shape: Shape, path: string, isRequired: boolean): readonly string[] {
    const { fields, item, allows, rule } = shape;
    const shown = isRequired ? `**\`${path}\`**` : `\`${path}\``;
    if (fields === undefined && item === undefined) return [row(shown, allows, `\`${rule}\``)];
    const before = this.#told.get(shape);
    if (before !== undefined) return [row(shown, `as \`${before}\``, `\`${rule}\``)];
    this.#told.set(shape, path);
    return item === undefined ? this.#below(shape, path) : this.of(item, `${path}[]`, isRequired);
  }

  #below({ fields = new Map(), required = [], isByName }: Shape, path: string): readonly string[] {
    return [...fields].flatMap(([key, below]) => {
      const beside = path === '' ? key : `${path}.${key}`;
      return this.of(below, isByName === true ? path.replace(/\[\]$/, `[${key}]`) : beside, required.includes(key));
    });
  }
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
