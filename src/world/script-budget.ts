// How much of each resource a script may use, so that no configuration runs out of one that another has left. Counted from
// the script alone, hence the same in every run: for each resource by the configuration that needs most of it.

import { HEAP_SIZE } from '../memory/layout.js';
import type { BufferTable } from '../oracle/buffer-table.js';
import { LEDGER_CAPACITY } from '../oracle/dma-ledger.js';
import { HUGE_SIZE, inPieces, outPieces, pieceSize } from '../scenario/operands.js';

/**
 * Of the 256 slots of 2 KiB that a bounce pool has. Mappings take up to 8 slots in a row: with half of the pool free, next
 * fit finds such a run wherever the others lie.
 */
const SLOTS = 120;
/** A piece or table can begin anywhere in its slot, and its end can be aligned to a page. */
const EXTRA_SLOTS = 2;
const SLOT_SHIFT = 11;

/** Bytes of the heap per descriptor of a ring, and per entry of an indirect table. */
const ENTRY_BYTES = 32;
/** Between two objects. */
const RED_ZONE = 16;
const HEAP_RESERVE = 0x2000;

export class ScriptBudget {
  private num = 0;
  private overfill = false;
  /** In flight. */
  private pieces = 0;
  private slots = 0;
  /** Since the creation; the heap hands out no address twice. */
  private mappings = 0;
  private heap = 0;

  constructor(private readonly buffers: BufferTable) {}

  /** A queue was created. With `overfill` adds may find the ring full. */
  reset(num: number, overfill: boolean): void {
    this.num = num;
    this.overfill = overfill;
    this.mappings = 0;
    this.heap = num * ENTRY_BYTES + RED_ZONE;
    this.clear();
  }

  /** Nothing is in flight any more. */
  clear(): void {
    this.pieces = 0;
    this.slots = 0;
  }

  /** After a reset or resize, which took everything back unless it was refused. */
  resized(num: number, emptied: boolean): void {
    this.num = num;
    if (emptied) this.clear();
  }

  /** Whether an add with these operands can be made. */
  allows(a: number, b: number, c: number): boolean {
    const total = outPieces(a, c) + inPieces(a, c);
    if (pieceSize(b, c, 0) === HUGE_SIZE) return false;
    if (!this.overfill && this.pieces + total > this.num) return false;
    // What the client itself asks of the ledger before an add (src/world/client.ts).
    if (this.mappings + 3 * total + 2 >= LEDGER_CAPACITY) return false;
    if (this.heap + tableBytes(total) > HEAP_SIZE - HEAP_RESERVE) return false;
    let slots = this.slots + tableSlots(total);
    for (let k = 0; k < total; k++) slots += slotsOf(pieceSize(b, c, k));
    return slots <= SLOTS;
  }

  /** Whether a ring of that size can be allocated beside the one that there is. */
  allowsResize(num: number): boolean {
    const bytes = num * ENTRY_BYTES + RED_ZONE;
    if (this.heap + bytes > HEAP_SIZE - HEAP_RESERVE) return false;
    this.heap += bytes;
    return true;
  }

  /** The buffer of that token is in flight. */
  take(token: number): void {
    const total = this.buffers.total(token);
    this.pieces += total;
    this.slots += this.slotsOfBuffer(token);
    this.mappings += total + 1;
    this.heap += tableBytes(total);
  }

  /** It came back. */
  give(token: number): void {
    this.pieces -= this.buffers.total(token);
    this.slots -= this.slotsOfBuffer(token);
  }

  private slotsOfBuffer(token: number): number {
    const { buffers } = this;
    const total = buffers.total(token);
    let slots = tableSlots(total);
    const first = buffers.firstPiece[token]!;
    for (let k = first; k < first + total; k++) slots += slotsOf(buffers.pieceSize[k]!);
    return slots;
  }
}

function slotsOf(size: number): number {
  return EXTRA_SLOTS + ((size + (1 << SLOT_SHIFT) - 1) >> SLOT_SHIFT);
}

/** A single piece needs no indirect table. */
function tableSlots(total: number): number {
  return total > 1 ? EXTRA_SLOTS + 1 : 0;
}

function tableBytes(total: number): number {
  return total > 1 ? total * ENTRY_BYTES + 2 * RED_ZONE : 0;
}
