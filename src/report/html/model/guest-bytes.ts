// Device-writable memory as a trace tells it, byte by byte: what stands there and who wrote it last. Also what one step
// did to it, since that is what a reader looks for.

export type Writer = 'driver' | 'device';

/** Where in the trace something was written. */
export interface Stamp {
  readonly by: Writer;
  /** Number of the step. */
  readonly step: number;
  /** The driver call in whose middle the device wrote, or null. */
  readonly during: string | null;
}

export interface KnownByte extends Stamp {
  /** Null where the trace does not spell it out. */
  readonly value: number | null;
}

export class GuestBytes {
  private readonly bytes = new Map<number, KnownByte>();
  /** What stood at an address before the step in progress first wrote it. */
  private readonly before = new Map<number, KnownByte | undefined>();
  private readonly loaded = new Set<number>();

  /** A new step: nothing is written or read in it yet. */
  beginStep(): void {
    this.before.clear();
    this.loaded.clear();
  }

  write(at: number, values: readonly (number | null)[], stamp: Stamp): void {
    values.forEach((value, k) => {
      const address = at + k;
      if (!this.before.has(address)) this.before.set(address, this.bytes.get(address));
      this.bytes.set(address, { ...stamp, value });
    });
  }

  /** Zero, written by nobody: memory that was just handed out. */
  clear(at: number, size: number): void {
    for (const map of [this.bytes, this.before]) {
      for (const address of [...map.keys()]) if (address >= at && address < at + size) map.delete(address);
    }
  }

  load(at: number, size: number): void {
    for (let k = 0; k < size; k++) this.loaded.add(at + k);
  }

  /** The byte as somebody wrote it, or undefined: zero since it was handed out. */
  at(address: number): KnownByte | undefined {
    return this.bytes.get(address);
  }

  writtenInStep(address: number): boolean {
    return this.before.has(address);
  }

  /** Whether the step in progress left another value than it found. */
  changedInStep(address: number): boolean {
    if (!this.before.has(address)) return false;
    return valueOf(this.before.get(address)) !== valueOf(this.bytes.get(address));
  }

  loadedInStep(address: number): boolean {
    return this.loaded.has(address);
  }

  /** `size` bytes as a number, little-endian; null where one of them is unknown. */
  value(at: number, size: number): bigint | null {
    let value = 0n;
    for (let k = size - 1; k >= 0; k--) {
      const byte = valueOf(this.bytes.get(at + k));
      if (byte === null) return null;
      value = (value << 8n) | BigInt(byte);
    }
    return value;
  }
}

function valueOf(byte: KnownByte | undefined): number | null {
  return byte === undefined ? 0 : byte.value;
}

/** The low `size` bytes of an integer, in memory order. */
export function bytesOf(value: number, size: number): readonly number[] {
  const bits = BigInt(value);
  return Array.from({ length: size }, (_, k) => Number((bits >> BigInt(8 * k)) & 0xffn));
}

/** Hex digits as bytes. */
export function bytesOfHex(digits: string): readonly number[] {
  return Array.from({ length: digits.length >> 1 }, (_, k) => Number.parseInt(digits.slice(2 * k, 2 * k + 2), 16));
}
