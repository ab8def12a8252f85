// Coverage maps as text, for events and for the campaign's record: base64 of one or two bits an entry.

/** One bit for each entry of `counters` that is not zero. */
export function packBits(counters: Uint8Array): string {
  return pack(counters, 1);
}

/** 0 or 1 for each of `length` entries; entries that the text does not have are 0. */
export function unpackBits(text: string, length: number): Uint8Array {
  return unpack(text, length, 1);
}

/** Two bits for each count: 0, 1 or, for all larger ones, 2. */
export function packCounts(counts: Uint8Array): string {
  return pack(counts, 2);
}

/** 0, 1 or 2 for each of `length` entries; entries that the text does not have are 0. */
export function unpackCounts(text: string, length: number): Uint8Array {
  return unpack(text, length, 2);
}

function pack(values: Uint8Array, bits: 1 | 2): string {
  const perByte = 8 / bits;
  const packed = Buffer.alloc(Math.ceil(values.length / perByte));
  for (const [index, value] of values.entries()) {
    const at = Math.floor(index / perByte);
    packed[at] = (packed[at] ?? 0) | (Math.min(value, bits) << ((index % perByte) * bits));
  }
  return packed.toString('base64');
}

function unpack(text: string, length: number, bits: 1 | 2): Uint8Array {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const packed = Buffer.from(text, 'base64');
  return Uint8Array.from({ length }, (_, index) => {
    const value = (packed[Math.floor(index / perByte)] ?? 0) >> ((index % perByte) * bits);
    return Math.min(value & mask, bits);
  });
}
