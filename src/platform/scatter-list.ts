// A scatter list: the pieces of one buffer, in order. Struct of arrays, reused by its owner, so that building one
// allocates nothing.

export const SCATTER_LIST_CAPACITY = 64;

export class ScatterList {
  /** Number of pieces in use. */
  count = 0;
  /** CPU address of each piece. */
  readonly address = new Int32Array(SCATTER_LIST_CAPACITY);
  /** Bytes of each piece, at least 1. */
  readonly size = new Int32Array(SCATTER_LIST_CAPACITY);
  /** DMA address of each piece; only read for premapped buffers. */
  readonly dma = new Float64Array(SCATTER_LIST_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  /** Appends a piece. Throws a RangeError when the list is full (SCATTER_LIST_CAPACITY pieces). */
  push(address: number, size: number, dma: number): void {
    if (this.count >= SCATTER_LIST_CAPACITY) throw new RangeError('scatter list is full');
    this.address[this.count] = address;
    this.size[this.count] = size;
    this.dma[this.count] = dma;
    this.count++;
  }
}
