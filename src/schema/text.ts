import { Type } from '@sinclair/typebox';

/** A label's value as Kubernetes allows it: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

const DAYS = ['(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])', '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)', '02-(?:0[1-9]|1\\d|2[0-8])'].join('|');
const LEAP_YEARS = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?';
const OFFSET = '(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';

/** A moment as RFC 3339, section 5.6, writes it, on a day that exists. A pattern and no named format, so that the OpenAPI document says it too. */
export const Rfc3339 = Type.String({
  pattern: `^(?:\\d{4}-(?:${DAYS})|${LEAP_YEARS}-02-29)[Tt]${TIME}${OFFSET}$`,
  errorMessage: 'must be an RFC 3339 date and time, such as 2026-01-08T21:18:29Z',
});

/** One line of text: it ends up in a file that holds one entry a line. */
export const Line = Type.String({ pattern: '^[^\\r\\n]*$', errorMessage: 'must be text without line breaks' });

/** Text that becomes a label's value as it is. */
export const LabelValue = Type.String({
  pattern: LABEL_VALUE.source,
  errorMessage: 'must be a Kubernetes label value: at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit',
});

/** Whether `text` can be a label's value as it is; the empty text can. */
export function isLabelValue(text: string): boolean {
  return LABEL_VALUE.test(text);
}
