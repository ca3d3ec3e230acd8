/**
 * Amounts in Kubernetes' notation: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/. An amount is kept as a whole
 * number of billionths, which is Kubernetes' own precision, so nothing is lost to floating point.
 */
const NANO = 1_000_000_000n;
const GRAMMAR = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?\d{1,3}))$/;
/** More digits than any amount has, and few enough to count with: the time for that grows with their square. */
const LONGEST = 256;
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** An amount in billionths, and whether its text counts in powers of 1024. */
export interface Quantity {
  readonly nano: bigint;
  readonly isBinary: boolean;
}

/** The amount that `text` stands for, or nothing if it is no quantity. Below a billionth it is rounded up, as Kubernetes does. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = text.length > LONGEST ? null : GRAMMAR.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = '', binary, decimal = '', exponent] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const ten = exponent === undefined ? 3 * (DECIMAL_SUFFIXES.indexOf(decimal) - 3) : Number(exponent);
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY_SUFFIXES.indexOf(binary));
  const mantissa = BigInt(whole + fraction) * factor;
  const scale = (binary === undefined ? ten : 0) + 9 - fraction.length;
  const nano = scale >= 0 ? mantissa * 10n ** BigInt(scale) : divideUp(mantissa, 10n ** BigInt(-scale));
  return { nano: sign === '-' ? -nano : nano, isBinary: binary !== undefined };
}

/**
 * The canonical text, as kube-apiserver writes it: the largest suffix that leaves a whole number. Binary amounts below 1024 or with a fraction are
 * written in decimal, and so are amounts that came with an exponent.
 */
export function formatQuantity({ nano, isBinary }: Quantity): string {
  if (nano === 0n) return '0';
  const size = nano < 0n ? -nano : nano;
  const text = isBinary && size >= 1024n * NANO && size % NANO === 0n ? inBinary(size / NANO) : inDecimal(size);
  return nano < 0n ? `-${text}` : text;
}

/** A whole number of units (bytes, devices) as a quantity. @throws RangeError where `units` is no whole number. */
export function unitsQuantity(units: number, isBinary = false): Quantity {
  return { nano: BigInt(units) * NANO, isBinary };
}

/** Thousandths (of a CPU core) as a quantity. @throws RangeError where `milli` is no whole number. */
export function milliQuantity(milli: number): Quantity {
  return { nano: BigInt(milli) * 1_000_000n, isBinary: false };
}

function inBinary(units: bigint): string {
  return withLargestSuffix(units, 1024n, BINARY_SUFFIXES);
}

function inDecimal(nano: bigint): string {
  return withLargestSuffix(nano, 1000n, DECIMAL_SUFFIXES);
}

function withLargestSuffix(amount: bigint, step: bigint, suffixes: readonly string[]): string {
  let left = amount;
  let index = 0;
  while (index < suffixes.length - 1 && left % step === 0n) {
    left /= step;
    index += 1;
  }
  return `${left}${suffixes[index]}`;
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}
