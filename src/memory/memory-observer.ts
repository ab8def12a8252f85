// What memory and heap report as it happens. Implemented by the oracles; memory itself judges nothing.

/** Access kinds reported with a fault. */
export const FAULT_LOAD = 0;
export const FAULT_STORE = 1;

export interface MemoryObserver {
  /** The driver read `size` bytes of device-writable memory and got `value` (low 32 bits). */
  sharedLoad(address: number, size: number, value: number): void;
  /** The driver wrote device-writable memory; for 8 bytes `value` is below 2^53. */
  sharedStore(address: number, size: number, value: number): void;
  /** The driver wrote a range of device-writable memory as a whole, as memset does. Reported after the bytes moved. */
  sharedRangeStored(address: number, size: number): void;
  /** The DMA layer copied `size` bytes from `source` to `target`. Reported before the bytes move. */
  copying(target: number, source: number, size: number): void;
  /** The DMA layer is about to fill `size` bytes at `target` with `value`. */
  filling(target: number, size: number, value: number): void;
  /** The device wrote `size` bytes at CPU address `address`. Reported after the bytes moved. */
  deviceWrote(address: number, size: number): void;
  /** The driver touched an address that is no live object of its own. Returns only when that is to be ignored. */
  fault(address: number, size: number, access: number): void;
}

export interface HeapObserver {
  /** kmalloc of `size` bytes; `address` is 0 when there was no memory. */
  allocated(address: number, size: number): void;
  /** kfree of `address`, live or not. Reported before it takes effect. */
  freeing(address: number, live: boolean): void;
}
