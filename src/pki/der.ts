/** A value of a DER encoding (X.690): its tag, its content and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly bytes: Buffer;
}

export const TAG = { integer: 0x02, bitString: 0x03, oid: 0x06, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30 } as const;

/** The values that `bytes` consist of, one after the other. @throws RangeError when they are no DER */
export function derValues(bytes: Buffer): readonly Der[] {
  const values: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const value = derAt(bytes, at);
    values.push(value);
    at += value.bytes.length;
  }
  return values;
}

function derAt(bytes: Buffer, at: number): Der {
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  const isLong = first >= 0x80;
  const lengthBytes = isLong ? first - 0x80 : 0;
  // No certificate or list of revocations needs more than four gigabytes; an indefinite length (0x80) is no DER.
  if (lengthBytes > 4 || first === 0x80) throw new RangeError('a length that DER does not have');
  const length = isLong ? bytes.readUIntBE(at + 2, lengthBytes) : first;
  const start = at + 2 + lengthBytes;
  const end = start + length;
  if (end > bytes.length) throw new RangeError('a value that ends after its bytes');
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(at, end) };
}
