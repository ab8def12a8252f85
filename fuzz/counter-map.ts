// The engine's counters, looked at after each execution. libFuzzer clears them before the next one, so what a run covered
// is kept here: an OR over all executions, and a sample that counts in how many executions each counter was seen.

/** Entries are read four words at a time. */
const BLOCK = 16;

export class CounterMap {
  /** Entry by entry: not zero where any execution so far reached it. */
  readonly reached: Uint8Array;
  /** In how many sampled executions each entry was reached: 0, 1, or 2 for more. */
  readonly sampled: Uint8Array;
  private readonly counterWords: Uint32Array;
  private readonly reachedWords: Uint32Array;
  /** Where the last whole block ends; what is behind it is read byte by byte. */
  private readonly whole: number;

  private constructor(
    /** The engine's memory. */
    readonly counters: Uint8Array,
    readonly length: number,
  ) {
    this.whole = length - (length % BLOCK);
    this.counterWords = new Uint32Array(counters.buffer, counters.byteOffset, this.whole / 4);
    this.reachedWords = new Uint32Array(Math.ceil(length / 4));
    this.reached = new Uint8Array(this.reachedWords.buffer, 0, length);
    this.sampled = new Uint8Array(length);
  }

  /**
   * A map over the first `length` counters, or null without counters, or where an engine that is not known lays them out
   * so that they cannot be read as words.
   */
  static over(counters: Uint8Array | null, length: number): CounterMap | null {
    if (counters === null || counters.byteOffset % 4 !== 0 || counters.length < length) return null;
    return new CounterMap(counters, length);
  }

  /**
   * After each execution; true when a count has a bit that none had before. Most words are zero: whole blocks of them are
   * passed over (half the time of a plain loop).
   */
  accumulate(): boolean {
    const { counterWords: from, reachedWords: to } = this;
    let added = 0;
    for (let k = 0; k < from.length; k += 4) {
      const a = from[k] as number;
      const b = from[k + 1] as number;
      const c = from[k + 2] as number;
      const d = from[k + 3] as number;
      if ((a | b | c | d) === 0) continue;
      added |= (a & ~(to[k] as number)) | (b & ~(to[k + 1] as number));
      added |= (c & ~(to[k + 2] as number)) | (d & ~(to[k + 3] as number));
      to[k] = (to[k] as number) | a;
      to[k + 1] = (to[k + 1] as number) | b;
      to[k + 2] = (to[k + 2] as number) | c;
      to[k + 3] = (to[k + 3] as number) | d;
    }
    for (let k = this.whole; k < this.length; k++) {
      const count = this.counters[k] as number;
      added |= count & ~(this.reached[k] as number);
      this.reached[k] = (this.reached[k] as number) | count;
    }
    return added !== 0;
  }

  /** After some executions: counts what this one reached. */
  sample(): void {
    const { counterWords } = this;
    for (let word = 0; word < counterWords.length; word++) {
      if (counterWords[word] !== 0) this.sampleBytes(4 * word, 4 * word + 4);
    }
    this.sampleBytes(this.whole, this.length);
  }

  private sampleBytes(from: number, to: number): void {
    const { counters, sampled } = this;
    for (let k = from; k < to; k++) {
      if (counters[k] !== 0 && (sampled[k] as number) < 2) sampled[k] = (sampled[k] as number) + 1;
    }
  }

  copyTo(to: Uint8Array): void {
    to.set(this.counters.subarray(0, this.length));
  }

  /** As the engine does before each execution. */
  clear(): void {
    this.counters.fill(0, 0, this.length);
  }

  /** Whether the counters are those that `before` holds. */
  equals(before: Uint8Array): boolean {
    return Buffer.compare(this.counters.subarray(0, this.length), before) === 0;
  }
}
