import { parseQuantity } from '../../schema/quantity.ts';

/** One thing that can be configured: where it is read from, what it may be, and what is told of it. Help and reference are made from this. */
export interface Option<T> {
  /** Without dashes. Absent: it can only stand in the file and the environment, as secrets should, because everybody sees command lines. */
  readonly flag?: string;
  /** A single letter besides. */
  readonly short?: string;
  /** Dotted path in the configuration file; the environment's name is made from it. */
  readonly key: string;
  /** The variable of a command that reads no file, whole: `VICE_COORDINATOR`. Such a command reads no others. */
  readonly variable?: string;
  readonly group: string;
  readonly help: string;
  /** Stands for the value in the help: `PORT`. */
  readonly metavar: string;
  /** The value in no error and no log. */
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** As the flag would be written. Absent: there is no default, or none that is one text. */
  readonly defaultText?: string;
  /** `--x` alone means `--x=true`. */
  readonly isSwitch: boolean;
  readonly default: T;
  /** Ends the sentence "it must be ...". */
  readonly mustBe: string;
  /** Nothing when the text is not what it must be. */
  readonly parse: (text: string) => { readonly value: T } | undefined;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type ValueOf<O> = O extends Option<infer T> ? T : never;

/** What every kind of option is told. Exactly one of `default`, `isRequired` and `isOptional` is given. */
interface About {
  readonly flag?: string;
  readonly short?: string;
  /** @default the flag's name */
  readonly key?: string;
  readonly variable?: string;
  readonly group: string;
  readonly help: string;
  readonly metavar?: string;
  readonly isSecret?: boolean;
}
export type Defaulted = About & { readonly default: string };
export type Required = About & { readonly isRequired: true };
export type Optional = About & { readonly isOptional: true };

interface Kind<T> {
  readonly metavar: string;
  readonly mustBe: string;
  readonly parse: (text: string) => { readonly value: T } | undefined;
}

/** A constructor of options of one kind, required, optional or with a default that is written as the flag would be. */
function kind<T>(of: Kind<T>) {
  function option(about: Defaulted | Required): Option<T>;
  function option(about: Optional): Option<T | undefined>;
  function option(about: Defaulted | Required | Optional): Option<T | undefined> {
    const { flag, short, key = flag, variable, group, help, metavar = of.metavar, isSecret = false } = about;
    if (key === undefined) throw new Error('cannot happen: an option has a flag or a key');
    const defaultText = 'default' in about ? about.default : undefined;
    const fallback = defaultText === undefined ? undefined : of.parse(defaultText);
    if (defaultText !== undefined && fallback === undefined) throw new Error(`cannot happen: the default of ${key} is not valid`);
    return {
      ...(flag !== undefined && { flag }),
      ...(short !== undefined && { short }),
      ...(variable !== undefined && { variable }),
      ...(defaultText !== undefined && { defaultText }),
      key,
      group,
      help,
      metavar,
      isSecret,
      isRequired: 'isRequired' in about,
      isSwitch: of.metavar === 'BOOL',
      default: fallback?.value,
      mustBe: of.mustBe,
      parse: of.parse,
    };
  }
  return option;
}

const accept = <T>(value: T, isValid: boolean) => (isValid ? { value } : undefined);

export const text = kind<string>({ metavar: 'TEXT', mustBe: 'text', parse: (given) => ({ value: given }) });

export const name = kind<string>({ metavar: 'NAME', mustBe: 'a name without blanks', parse: (given) => accept(given, /^\S+$/.test(given)) });

export const file = kind<string>({
  metavar: 'FILE',
  mustBe: 'the path of a file',
  parse: (given) => accept(given, given !== '' && !given.includes('\0')),
});

export const quantity = kind<string>({
  metavar: 'QUANTITY',
  mustBe: 'a positive amount in the notation of Kubernetes, such as 500m or 2Gi',
  parse: (given) => accept(given, (parseQuantity(given)?.nano ?? 0n) > 0n),
});

export const url = kind<string>({
  metavar: 'URL',
  mustBe: 'an http or https URL, such as https://cyverse.run',
  parse: (given) => {
    const parsed = URL.parse(given);
    return accept(given, parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '');
  },
});

/** As Go reads booleans, because that is what the existing manifests and files were written for. */
export const boolean = kind<boolean>({
  metavar: 'BOOL',
  mustBe: 'true or false',
  parse: (given) => {
    if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(given)) return { value: true };
    return accept(false, ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(given));
  },
});

/** Texts separated by commas; in the file also a list. */
export const list = kind<readonly string[]>({
  metavar: 'TEXT,...',
  mustBe: 'a list',
  parse: (given) => ({
    value: given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  }),
});

export function wholeNumber(min: number, max: number, metavar = 'N') {
  return kind<number>({
    metavar,
    mustBe: `a whole number from ${min} to ${max}`,
    parse: (given) => accept(Number(given), /^\d{1,15}$/.test(given) && Number(given) >= min && Number(given) <= max),
  });
}

export const port = wholeNumber(0, 65_535, 'PORT');

export function oneOf<const T extends string>(...words: readonly T[]) {
  return kind<T>({
    metavar: words.join('|'),
    mustBe: `one of ${words.join(', ')}`,
    parse: (given) => {
      const word = words.find((candidate) => candidate === given);
      return word === undefined ? undefined : { value: word };
    },
  });
}
