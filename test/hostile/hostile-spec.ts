import { goldenText } from '../golden/golden-spec.ts';
import type { HostileCase, TextChange } from './hostile-case.ts';
import { applyChange } from './json-change.ts';

interface Placeholders {
  readonly metadata: { readonly external_id: string; readonly user_id: string; readonly subdomain: string };
}

/** The document of the golden spec that a case starts from. */
export async function baseOf({ base = 'example' }: HostileCase): Promise<unknown> {
  return JSON.parse(await goldenText(base));
}

/** What a case makes of its golden spec, before the text of it is touched. */
export async function hostileDocument(hostile: HostileCase): Promise<unknown> {
  const base = await goldenText(hostile.base ?? 'example');
  const { metadata }: Placeholders = JSON.parse(base); // a golden spec
  const named = (value: unknown) => substituted(value, { $ID: metadata.external_id, $SUB: metadata.subdomain, $USER: metadata.user_id });
  const changes = (hostile.changes ?? []).map((change) => ({ ...change, ...('value' in change && { value: named(expanded(change.value)) }) }));
  return changes.reduce(applyChange, JSON.parse(base));
}

/** The bytes that a case sends. */
export async function hostileBytes(hostile: HostileCase): Promise<Uint8Array<ArrayBuffer>> {
  const text = JSON.stringify(await hostileDocument(hostile), null, 2);
  return new Uint8Array((hostile.text ?? []).reduce(changedText, Buffer.from(text)));
}

/** Latin 1 keeps every byte as it is, so that a search in the text is one in the bytes. */
function changedText(bytes: Buffer, change: TextChange): Buffer {
  if ('whole' in change) return Buffer.from(change.whole);
  if ('append' in change) return Buffer.concat([bytes, Buffer.from(change.append)]);
  if ('pad_to' in change) return Buffer.concat([bytes, Buffer.alloc(change.pad_to - bytes.byteLength, ' ')]);
  const text = bytes.toString('latin1');
  const at = text.indexOf(change.find);
  if (at < 0 || (change.once !== true && text.indexOf(change.find, at + 1) >= 0)) throw new Error(`is not there once: ${change.find}`);
  const put = 'put_hex' in change ? Buffer.from(change.put_hex.replaceAll(' ', ''), 'hex') : Buffer.from(textOf(change.put));
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + change.find.length)]);
}

function textOf(put: string | readonly (string | { $repeat: string; times: number })[]): string {
  if (typeof put === 'string') return put;
  return put.map((piece) => (typeof piece === 'string' ? piece : piece.$repeat.repeat(piece.times))).join('');
}

/** `{$repeat, times}` is a long text, `{$list, times}` a long list whose elements know their number as `$N`. */
function expanded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(expanded);
  const times = Number(Reflect.get(value, 'times'));
  const repeated: unknown = Reflect.get(value, '$repeat');
  if (typeof repeated === 'string') return repeated.repeat(times);
  if ('$list' in value) return Array.from({ length: times }, (_, n) => substituted(value.$list, { $N: n + 1 }));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expanded(entry)]));
}

/** A text that is nothing but a placeholder becomes what it stands for, a number too. */
function substituted(value: unknown, by: Readonly<Record<string, string | number>>): unknown {
  if (typeof value === 'string') {
    const whole = by[value];
    return whole ?? Object.entries(by).reduce((text, [name, put]) => text.replaceAll(name, String(put)), value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => substituted(element, by));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substituted(entry, by)]));
}
