// The driver's client: owns the buffers, which hold known bytes, maps premapped ones itself, and takes back what
// comes back. Always correct, except in client-misuse, which only the checks of bounce buffers are tried with. Buffers have
// pages of their own, and device-writable pieces too, except in a VDUSE domain: its bounce pages are there to be shared.

import type { Dma } from '../dma/dma.js';
import { BufferArena } from '../memory/buffer-arena.js';
import { PAGE_SIZE, PHYSICAL_BASE } from '../memory/layout.js';
import { checkWarnings } from '../oracle/bounce-mismatch.js';
import { MAX_TOKENS, RETURNED } from '../oracle/buffer-table.js';
import { CALL_CLIENT } from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import { checkPieceReached } from '../oracle/reach.js';
import { firstDifference } from '../oracle/read-only-data.js';
import { checkSynced, checkWritable } from '../oracle/stale-bytes.js';
import { checkPieceGone } from '../oracle/withdrawn-memory.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
  type ClientDma,
  type DmaDirection,
} from '../platform/dma-api.js';
import { ScatterList } from '../platform/scatter-list.js';
import { SPLIT_DESCRIPTOR_SIZE } from '../spec/split-layout.js';
import { clientSize, inPieces, offsetOf, outPieces, pieceSize, syncRange } from '../scenario/operands.js';

/** The client's own mappings at a time. */
const OWN_MAPPINGS = 8;

/** Without a DMA API: of the buffers one in eight is asked about, whether the device reaches it, since that takes time. */
const TOKENS_ASKED = 7;

export class Client {
  readonly out = new ScatterList();
  readonly input = new ScatterList();
  /** In a VDUSE domain; false where buffers must lie as they do over any other back end. Until the next reset. */
  sharePages = true;
  private readonly arena = new BufferArena();
  /** Where its own mappings are asked for: the queue's calls, or the DMA API itself. */
  private mapper: ClientDma;
  /** Pages of the buffer being prepared, and of each token. */
  private preparedAt = 0;
  private preparedPages = 0;
  private readonly pagesAt = new Int32Array(MAX_TOKENS);
  private readonly pageCount = new Int32Array(MAX_TOKENS);
  private writes = 0;

  /** Warnings of the DMA layer that misuse of its own has earned. */
  private warningsDue = 0;

  private ownCount = 0;
  private readonly ownCpu = new Int32Array(OWN_MAPPINGS);
  private readonly ownSize = new Int32Array(OWN_MAPPINGS);
  private readonly ownDma = new Float64Array(OWN_MAPPINGS);
  private readonly ownDirection = new Uint8Array(OWN_MAPPINGS);
  private readonly ownAttributes = new Uint8Array(OWN_MAPPINGS);

  constructor(
    private readonly c: CaseFile,
    private readonly dma: Dma,
  ) {
    this.mapper = dma;
  }

  reset(): void {
    this.sharePages = true;
    this.mapper = this.dma;
    this.arena.reset();
    this.writes = 0;
    this.warningsDue = 0;
    this.ownCount = 0;
  }

  /** From now on there is this queue to map with; null for none. */
  mapWith(mapper: ClientDma | null): void {
    this.mapper = mapper ?? this.dma;
  }

  /** Builds the scatter lists of an add; false when buffers, table or ledger are full. */
  prepare(a: number, b: number, c: number): boolean {
    const out = outPieces(a, c);
    const total = out + inPieces(a, c);
    if (!this.c.buffers.hasRoom(total) || !this.c.ledger.hasRoom(3 * total + 2)) return false;
    const offset = offsetOf(c);
    // Sizes first, at addresses relative to the buffer's start, which is only known once the pages are.
    const outBytes = this.lay(this.out, b, c, 0, out);
    const inBytes = this.lay(this.input, b, c, out, total);
    // Writable pieces start on pages of their own: behind an IOMMU the device can write whole granules.
    const outPages = outBytes === 0 ? 0 : pagesFor(offset + outBytes);
    const inPages = inBytes === 0 ? 0 : pagesFor(offset + inBytes);
    const shared = this.c.vduse && this.sharePages;
    const inOffset = shared ? outBytes : outPages * PAGE_SIZE;
    this.preparedPages = shared ? pagesFor(offset + outBytes + inBytes) : outPages + inPages;
    this.preparedAt = this.arena.allocPages(this.preparedPages);
    if (this.preparedAt === 0) return false;
    this.place(this.out, this.preparedAt + offset);
    this.place(this.input, this.preparedAt + inOffset + offset);
    return true;
  }

  /** The prepared buffer got this token. */
  assign(token: number): void {
    this.pagesAt[token] = this.preparedAt;
    this.pageCount[token] = this.preparedPages;
  }

  /** The buffer of that token is in flight. */
  handedOver(token: number): void {
    if (!this.c.model.useDmaApi) this.expose(token, true);
  }

  /** The buffer of that token is the client's again and gone. */
  release(token: number): void {
    if (!this.c.model.useDmaApi && this.c.buffers.state[token] === RETURNED) this.expose(token, false);
    if (this.c.buffers.premapped[token] === 1) this.unmapPremapped(token);
    this.arena.freePages(this.pagesAt[token]!, this.pageCount[token]!);
  }

  /** The prepared buffer is not used after all. */
  discard(): void {
    this.arena.freePages(this.preparedAt, this.preparedPages);
  }

  /** Maps the prepared pieces; false, with nothing mapped, where that fails. */
  mapPrepared(): boolean {
    this.c.beginCall(CALL_CLIENT);
    return this.mapList(this.out, DMA_TO_DEVICE) && this.mapList(this.input, DMA_FROM_DEVICE);
  }

  // The client's own mappings.

  mapOwn(a: number, b: number, c: number): void {
    if (this.ownCount >= OWN_MAPPINGS || !this.c.ledger.hasRoom(1)) return;
    const size = clientSize(b);
    const at = this.placeOwn(offsetOf(c), size);
    if (at === 0) return;
    const direction = (a % 3) as DmaDirection;
    const attributes = (a & 128) === 0 ? 0 : DMA_ATTR_SKIP_CPU_SYNC;
    this.c.beginCall(CALL_CLIENT);
    const dma = this.mapper.mapPage(at, size, direction, attributes);
    if (dma === DMA_MAPPING_ERROR) {
      this.freeOwnPages(at, size);
      return;
    }
    const slot = this.ownCount++;
    this.ownCpu[slot] = at;
    this.ownSize[slot] = size;
    this.ownDma[slot] = dma;
    this.ownDirection[slot] = direction;
    this.ownAttributes[slot] = attributes;
  }

  /** The CPU changes bytes of an own mapping, as a driver does between syncs. */
  writeOwn(a: number, b: number): void {
    if (this.ownCount === 0) return;
    const slot = (a & 7) % this.ownCount;
    const range = syncRange(b, this.ownSize[slot]!);
    this.write(this.ownCpu[slot]! + range.start, range.size);
  }

  syncOwn(a: number, b: number, c: number): void {
    if (this.ownCount === 0) return;
    const slot = (a & 7) % this.ownCount;
    const range = syncRange(b, this.ownSize[slot]!);
    const dma = this.ownDma[slot]! + range.start;
    const direction = this.ownDirection[slot]! as DmaDirection;
    this.c.beginCall(CALL_CLIENT);
    if ((c & 1) === 0) this.mapper.syncForCpu(dma, range.size, direction);
    else this.mapper.syncForDevice(dma, range.size, direction);
    checkSynced(this.c);
    checkWritable(this.c, this.ownCpu[slot]!, this.ownSize[slot]!, 0);
  }

  unmapOwn(a: number): void {
    if (this.ownCount === 0) return;
    const slot = (a & 7) % this.ownCount;
    this.c.beginCall(CALL_CLIENT);
    this.unmapSlot(slot, this.ownSize[slot]!);
    this.forgetOwn(slot);
  }

  /** What a broken driver would do: swiotlb has to keep the damage inside the mapping (S01, S03). */
  misuseOwn(a: number, b: number, c: number): void {
    if (this.ownCount === 0) return;
    const slot = (a & 7) % this.ownCount;
    const size = this.ownSize[slot]!;
    const dma = this.ownDma[slot]!;
    if (this.c.copiesEndWithAllocation && this.c.allocAlignMask !== 0 && goesBeyond(b, c, size)) return;
    this.c.beginCall(CALL_CLIENT);
    this.c.probing = true;
    switch (b % 3) {
      case 0:
        if (this.copiesBack(slot) && 1 + c * 32 > size) this.warningsDue++;
        this.unmapSlot(slot, 1 + c * 32);
        break;
      case 1:
        if (this.ownDirection[slot] !== DMA_TO_DEVICE) this.warningsDue++;
        this.mapper.syncForCpu(dma + (c % size), size + 1 + c, this.ownDirection[slot]! as DmaDirection);
        break;
      default:
        // Of the slots of swiotlb the second one finds a free one, which is no reason to warn.
        if (this.c.vduse) this.warningsDue++;
        this.unmapSlot(slot, size);
        this.unmapSlot(slot, size);
        break;
    }
    this.c.probing = false;
    this.checkWarnings();
    checkWritable(this.c, this.ownCpu[slot]!, size, 0);
    if (b % 3 !== 1) this.forgetOwn(slot);
  }

  /** What the bouncing back end has warned about is the client's misuse and nothing else. */
  checkWarnings(): void {
    if (this.c.bounced) checkWarnings(this.dma.bounceWarnings, this.warningsDue);
  }

  /** DMA address and size of an own mapping, for the device; -1 where there is none. */
  ownAddress(a: number): number {
    return this.ownCount === 0 ? -1 : this.ownDma[(a & 7) % this.ownCount]!;
  }

  ownLength(a: number): number {
    return this.ownCount === 0 ? 0 : this.ownSize[(a & 7) % this.ownCount]!;
  }

  unmapAllOwn(): void {
    while (this.ownCount > 0) this.unmapOwn(0);
  }

  /** Without a DMA API nobody maps: what the device may reach follows from what is in flight. */
  private expose(token: number, reachable: boolean): void {
    const { buffers } = this.c;
    const first = buffers.firstPiece[token]!;
    const out = buffers.outPieces[token]!;
    for (let k = 0; k < buffers.total(token); k++) {
      const cpu = buffers.pieceCpu[first + k]!;
      const size = buffers.pieceSize[first + k]!;
      if (reachable) this.dma.expose(cpu, size, k >= out);
      else this.dma.withdraw(cpu, size, k >= out);
      if ((token & TOKENS_ASKED) === 1) this.askReach(cpu, size, k >= out, reachable);
    }
    const table = buffers.table[token]!;
    if (table === 0) return;
    const tableSize = buffers.total(token) * SPLIT_DESCRIPTOR_SIZE;
    if (reachable) this.dma.expose(table, tableSize, false);
    else this.dma.withdraw(table, tableSize, false);
    if ((token & TOKENS_ASKED) === 1) this.askReach(table, tableSize, false, reachable);
  }

  private askReach(cpu: number, size: number, write: boolean, reachable: boolean): void {
    const dma = PHYSICAL_BASE + cpu;
    if (reachable) checkPieceReached(this.c, dma, cpu, size, write);
    else checkPieceGone(this.c, dma, size, write);
  }

  /** Where an own mapping lies: in a VDUSE domain in the page of the newest one, where its place there is free. */
  private placeOwn(offset: number, size: number): number {
    if (this.c.vduse && this.ownCount > 0 && offset + size <= PAGE_SIZE) {
      const shared = (this.ownCpu[this.ownCount - 1]! & ~(PAGE_SIZE - 1)) + offset;
      if (!this.isOwned(shared, size)) return shared;
    }
    const cpu = this.arena.allocPages(pagesFor(offset + size));
    return cpu === 0 ? 0 : cpu + offset;
  }

  /** Whether an own mapping has any of these bytes. */
  private isOwned(at: number, size: number): boolean {
    for (let slot = 0; slot < this.ownCount; slot++) {
      const start = this.ownCpu[slot]!;
      if (at < start + this.ownSize[slot]! && start < at + size) return true;
    }
    return false;
  }

  private unmapSlot(slot: number, size: number): void {
    const direction = this.ownDirection[slot]! as DmaDirection;
    this.mapper.unmapPage(this.ownDma[slot]!, size, direction, this.ownAttributes[slot]!);
  }

  /** Whether an unmap of this own mapping copies. */
  private copiesBack(slot: number): boolean {
    return this.ownDirection[slot] !== DMA_TO_DEVICE && (this.ownAttributes[slot]! & DMA_ATTR_SKIP_CPU_SYNC) === 0;
  }

  private forgetOwn(slot: number): void {
    const cpu = this.ownCpu[slot]!;
    const size = this.ownSize[slot]!;
    checkWritable(this.c, cpu, size, 0);
    const last = --this.ownCount;
    this.ownCpu[slot] = this.ownCpu[last]!;
    this.ownSize[slot] = this.ownSize[last]!;
    this.ownDma[slot] = this.ownDma[last]!;
    this.ownDirection[slot] = this.ownDirection[last]!;
    this.ownAttributes[slot] = this.ownAttributes[last]!;
    this.freeOwnPages(cpu, size);
  }

  /** Frees the pages of a place that no own mapping has. */
  private freeOwnPages(at: number, size: number): void {
    for (let page = at & ~(PAGE_SIZE - 1); page < at + size; page += PAGE_SIZE) {
      if (!this.isOwned(page, PAGE_SIZE)) this.arena.freePages(page, 1);
    }
  }

  private mapList(list: ScatterList, direction: DmaDirection): boolean {
    for (let k = 0; k < list.count; k++) {
      const dma = this.mapper.mapPage(list.address[k]!, list.size[k]!, direction, 0);
      if (dma === DMA_MAPPING_ERROR) {
        this.unmapList(list, k, direction);
        if (list === this.input) this.unmapList(this.out, this.out.count, DMA_TO_DEVICE);
        return false;
      }
      list.dma[k] = dma;
    }
    return true;
  }

  private unmapList(list: ScatterList, count: number, direction: DmaDirection): void {
    for (let k = 0; k < count; k++) this.mapper.unmapPage(list.dma[k]!, list.size[k]!, direction, 0);
  }

  private unmapPremapped(token: number): void {
    const { buffers } = this.c;
    const first = buffers.firstPiece[token]!;
    const out = buffers.outPieces[token]!;
    this.c.beginCall(CALL_CLIENT);
    for (let k = 0; k < buffers.total(token); k++) {
      const direction = k < out ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
      const cpu = buffers.pieceCpu[first + k]!;
      const size = buffers.pieceSize[first + k]!;
      this.mapper.unmapPage(buffers.pieceDma[first + k]!, size, direction, 0);
      if (firstDifference(this.c, cpu, size) >= 0) checkWritable(this.c, cpu, size, token);
    }
  }

  /** Pieces `from` .. `to` of an add, one behind the other from address 0; their bytes. */
  private lay(list: ScatterList, b: number, c: number, from: number, to: number): number {
    let bytes = 0;
    list.clear();
    for (let k = from; k < to; k++) {
      const size = pieceSize(b, c, k);
      list.push(bytes, size, 0);
      bytes += size;
    }
    return bytes;
  }

  /** Moves a laid list to its address. */
  private place(list: ScatterList, at: number): void {
    for (let k = 0; k < list.count; k++) list.address[k]! += at;
  }

  /** The CPU writes: bytes that no pattern holds. */
  private write(at: number, size: number): void {
    const { bytes, expected, dirty } = this.c;
    this.writes++;
    dirty.mark(at, size);
    for (let i = 0; i < size; i++) {
      const byte = (this.writes * 29 + i * 7) & 0xff;
      bytes[at + i] = byte;
      expected[at + i] = byte;
    }
  }
}

/** Whether a misuse of `size` mapped bytes asks for more than these. */
function goesBeyond(b: number, c: number, size: number): boolean {
  return b % 3 === 1 || (b % 3 === 0 && 1 + c * 32 > size);
}

function pagesFor(bytes: number): number {
  return (bytes + PAGE_SIZE - 1) >> 12;
}
