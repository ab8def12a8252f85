// Byte strings without pattern, the same in every run.

/** A source of byte strings; equal seeds give equal strings. */
export function randomBytes(seed: number): (length: number) => Uint8Array {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
}
