// The buffers that the device has taken from the ring and not completed yet, with the pieces it found in them. Struct of
// arrays; a device keeps its own copy because packed descriptors are overwritten by completions.

export const MAX_CHAINS = 256;
const MAX_ELEMENTS = 8192;

export class ChainStore {
  /** Chains pending; chainAt(0) is the oldest. */
  pending = 0;
  /** Split: head. Packed: buffer id. */
  readonly id = new Int32Array(MAX_CHAINS);
  /** Ring slot in which the chain starts, and how many it covers. */
  readonly slot = new Int32Array(MAX_CHAINS);
  readonly slots = new Int32Array(MAX_CHAINS);
  readonly firstElement = new Int32Array(MAX_CHAINS);
  readonly elements = new Int32Array(MAX_CHAINS);
  readonly addr = new Float64Array(MAX_ELEMENTS);
  readonly len = new Float64Array(MAX_ELEMENTS);
  readonly write = new Uint8Array(MAX_ELEMENTS);
  private readonly order = new Int32Array(MAX_CHAINS);
  private readonly free = new Int32Array(MAX_CHAINS);
  private freeCount = 0;
  /** Chains from here on were never used since the last reset. */
  private fresh = 0;
  private top = 0;

  reset(): void {
    this.pending = 0;
    this.top = 0;
    this.freeCount = 0;
    this.fresh = 0;
  }

  /** Opens a chain; -1 when the store is full. Its elements are appended until the next begin. */
  begin(id: number, slot: number): number {
    if (this.freeCount === 0 && this.fresh === MAX_CHAINS) return -1;
    if (this.pending === 0) this.top = 0;
    const chain = this.freeCount > 0 ? this.free[--this.freeCount]! : this.fresh++;
    this.id[chain] = id;
    this.slot[chain] = slot;
    this.slots[chain] = 1;
    this.firstElement[chain] = this.top;
    this.elements[chain] = 0;
    this.order[this.pending++] = chain;
    return chain;
  }

  append(chain: number, addr: number, len: number, write: boolean): void {
    if (this.top >= MAX_ELEMENTS) return;
    this.addr[this.top] = addr;
    this.len[this.top] = len;
    this.write[this.top] = write ? 1 : 0;
    this.top++;
    this.elements[chain]!++;
  }

  chainAt(k: number): number {
    return this.order[k]!;
  }

  /** Forgets the k-th pending chain. Its columns stay readable until the next begin. */
  remove(k: number): void {
    this.free[this.freeCount++] = this.order[k]!;
    this.pending--;
    for (let i = k; i < this.pending; i++) this.order[i] = this.order[i + 1]!;
  }
}
