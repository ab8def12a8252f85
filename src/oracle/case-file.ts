// Everything that the oracles look at, in one place: the ledger, the queue model, what the client handed over, what the
// driver wrote and read in the call in progress, and what memory must contain. Collected by the judge from the
// platform's events; the oracles only read it.

import { DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../platform/dma-api.js';
import type { DriverRecords } from '../platform/ring-driver.js';
import {
  COHERENT_BASE,
  COHERENT_SIZE,
  DOMAIN_BASE,
  MEMORY_SIZE,
  PAGE_SIZE,
  PHYSICAL_BASE,
  POOL_BASE,
  POOL_SIZE,
} from '../memory/layout.js';
import type { Reach } from '../memory/device-view.js';
import { copyBytes } from '../memory/guest-memory.js';
import { BufferTable } from './buffer-table.js';
import { CALL_GET, CALL_NONE } from './calls.js';
import { DirtyMemory } from './dirty-memory.js';
import { DmaLedger } from './dma-ledger.js';
import { DomainPages } from './domain-pages.js';
import { QueueModel } from './queue-model.js';
import { RingMap } from './ring-map.js';

/** Most slots of one failed add that are looked at. */
const MAX_TOUCHED = 256;

export class CaseFile {
  readonly ledger = new DmaLedger();
  readonly buffers = new BufferTable();
  readonly model = new QueueModel();
  readonly ring = new RingMap();
  /** vduse: the bounce pages. */
  readonly domain = new DomainPages();
  /** Guest memory as it is. */
  readonly bytes: Uint8Array;
  /** Guest memory as it must be where the device has no say: buffers and their bounce slots. */
  readonly expected = new Uint8Array(MEMORY_SIZE);
  /** Where the two above were written. */
  readonly dirty = new DirtyMemory();
  /** Coherent memory as the driver alone wrote it. */
  readonly writtenBytes = new Uint8Array(COHERENT_SIZE);
  readonly written = new DataView(this.writtenBytes.buffer);
  readonly writtenWords = new Uint32Array(this.writtenBytes.buffer);
  readonly guest: DataView;
  private readonly bytesBuffer: Buffer;
  private readonly expectedBuffer: Buffer;
  /** The driver under test came from outside (src/platform/driver-module.ts). */
  foreign = false;
  /** Calls are judged by Linux's rules where the specification leaves a choice. */
  linuxRules = true;
  /** The driver's records, null for a driver that does not show any. */
  records: DriverRecords | null = null;
  /** What the device reaches, as the DMA layer has it; null where nobody can be asked. */
  reach: Reach | null = null;
  iommu = false;
  /** swiotlb and vduse: the device never reaches an original. */
  bounced = false;
  /** Bounced through the pages of a VDUSE domain. */
  vduse = false;
  /** swiotlb and vduse: end of the configured pool. */
  poolEnd = POOL_BASE;
  /** swiotlb: what findings in a pool that the driver under test brings name as their place; null for our own. */
  poolFile: string | null = null;
  /** swiotlb: a copy that goes beyond its mapping ends with what was allocated for it. */
  copiesEndWithAllocation = false;
  /** swiotlb: the alignment that a slot must keep. */
  minAlignMask = 0;
  allocAlignMask = 0;

  // The call in progress.
  call = CALL_NONE;
  /** The buffer being added. */
  token = 0;
  /** The buffer that the call may release: named by the device, or next to be detached. */
  releasing = 0;
  /** The transport took the queue away from the device. */
  stopped = false;
  /** An unmap of this execution asked for another size or direction; what it leaves in reach says nothing about the DMA layer. */
  unmappedWrongly = false;
  /** The driver has warned in this execution. */
  warned = false;
  /** A client's deliberate misuse of the DMA API: only containment is judged. */
  probing = false;

  // What the driver read in this call.
  loads = 0;
  seenFields = 0;
  seenUsed = 0;
  seenId = 0;
  seenLen = 0;
  seenEvent = 0;
  /** Split: used.idx as the driver last read it, in whichever call; -1 where it has not since the ring began. */
  knownUsed = -1;
  /** Entry of the last read of each field, valid where sawField says so. */
  readonly seenIndexOf = new Uint16Array(32);
  /** By field, the calls (as bits) in which a driver from outside may read it besides. */
  readonly toleratedSplit = new Int32Array(32);
  readonly toleratedPacked = new Int32Array(32);

  // What happened in this call.
  firstMapping = 0;
  mapFailures = 0;
  kmallocs = 0;
  kmallocFailures = 0;
  coherentFailures = 0;
  tableAddress = 0;
  notifications = 0;
  notifyFailures = 0;
  callbacks = 0;
  lastStoreField = 0;
  lastStoreIndex = 0;
  /** An event field was stored after the driver had looked for completions in the same call. */
  askedLate = false;
  touchedSlots = 0;
  /** Stores of an add that made a buffer visible. */
  publications = 0;
  /** Syncs that reached the DMA layer. */
  syncs = 0;
  /** The piece that the next map of an add must be for. */
  nextPiece = 0;
  readonly touched = new Uint16Array(MAX_TOUCHED);
  /** This call was a reset or resize that took the queue back to its beginning; the next one lets the device at the ring. */
  restarted = false;

  // Snapshot taken when the call began.
  brokenBefore = false;
  numFreeBefore = 0;
  freeHeadBefore = 0;
  heapLiveBefore = 0;

  // Totals.
  heapLive = 0;
  /** Heap objects when the queue had just been created. */
  heapOfQueue = 0;
  coherentLive = 0;
  /** Bit n: page n of coherent memory is allocated. */
  coherentPages = 0;
  /** Bytes asked for, by the page that an allocation starts in. */
  readonly coherentSize = new Int32Array(COHERENT_SIZE / PAGE_SIZE);
  /** Its DMA address. */
  readonly coherentDma = new Float64Array(COHERENT_SIZE / PAGE_SIZE);
  /** iommu: granules that are reachable. vduse: pages of coherent memory. */
  granules = 0;
  granulesExpected = 0;

  // The map, unmap or sync in progress.
  pendingMap = false;
  pendingCpu = 0;
  pendingSize = 0;
  pendingDirection = 0;
  pendingTarget = -1;
  /** Maps that were made to fail so far in this execution. */
  mapsRefused = 0;
  /** Coherent allocations that were made to fail so far in this execution. */
  coherentsRefused = 0;
  /** Ledger entry of the unmap or sync in progress, -1 for none. */
  current = -1;
  currentStart = 0;
  currentSize = 0;
  currentDirection = 0;
  currentCopies = false;
  /** What the device wrote is still to be brought back by the unmap in progress. */
  currentReturns = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.bytesBuffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.expectedBuffer = Buffer.from(this.expected.buffer);
    this.guest = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  reset(): void {
    // What the last execution left must not decide the next verdict.
    this.dirty.restore(this.bytes, this.expected);
    this.ledger.reset();
    this.buffers.reset();
    this.ring.detach();
    this.records = null;
    this.stopped = false;
    this.warned = false;
    this.unmappedWrongly = false;
    this.probing = false;
    this.heapLive = 0;
    this.coherentLive = 0;
    this.coherentPages = 0;
    this.granules = 0;
    this.granulesExpected = 0;
    this.domain.reset();
    this.pendingMap = false;
    this.mapsRefused = 0;
    this.coherentsRefused = 0;
    this.current = -1;
    this.currentReturns = false;
    this.beginCall(CALL_NONE);
  }

  beginCall(call: number): void {
    this.call = call;
    this.token = 0;
    // An open batch says which buffer is next, and the device has no say any more.
    this.releasing = call === CALL_GET && this.model.batchLeft > 0 ? this.model.oldest : 0;
    this.loads = 0;
    this.seenFields = 0;
    this.firstMapping = this.ledger.count;
    this.mapFailures = 0;
    this.kmallocs = 0;
    this.kmallocFailures = 0;
    this.coherentFailures = 0;
    this.tableAddress = 0;
    this.notifications = 0;
    this.notifyFailures = 0;
    this.callbacks = 0;
    this.lastStoreField = 0;
    this.askedLate = false;
    this.touchedSlots = 0;
    this.publications = 0;
    this.syncs = 0;
    this.nextPiece = 0;
    this.restarted = false;
    this.brokenBefore = this.model.broken;
    this.heapLiveBefore = this.heapLive;
    if (this.records !== null) {
      this.numFreeBefore = this.records.numFree;
      this.freeHeadBefore = this.records.freeHead;
    }
  }

  sawField(field: number): boolean {
    return (this.seenFields & (1 << field)) !== 0;
  }

  /** A half-word of coherent memory as the driver last wrote it. */
  written16(address: number): number {
    return this.written.getUint16(address - COHERENT_BASE, true);
  }

  written32(address: number): number {
    return this.written.getUint32(address - COHERENT_BASE, true);
  }

  written64(address: number): number {
    return this.written32(address) + this.written32(address + 4) * 0x1_0000_0000;
  }

  guest64(address: number): number {
    return this.guest.getUint32(address, true) + this.guest.getUint32(address + 4, true) * 0x1_0000_0000;
  }

  /** Takes a range of memory as it is for what it must be: somebody who may wrote it. */
  adopt(address: number, size: number): void {
    if (size > 64) this.bytesBuffer.copy(this.expectedBuffer, address, address, address + size);
    else for (let at = address; at < address + size; at++) this.expected[at] = this.bytes[at]!;
  }

  /** A copy that must happen: what it leaves at `target`. */
  expect(target: number, source: number, size: number): void {
    // A broken back end can name an address below: that part of memory is not followed.
    if (target >= POOL_BASE) this.dirty.mark(target, size);
    copyBytes(this.expected, target, source, size);
  }

  /** What the unmap in progress must bring back is in the original from now on, whatever becomes of the bounce bytes. */
  returnBytes(): void {
    if (!this.currentReturns) return;
    this.currentReturns = false;
    const bounce = bounceOf(this.ledger.dma[this.current]!);
    if (bounce >= 0) this.expect(this.ledger.cpu[this.current]!, bounce, this.currentSize);
  }

  /** Whether memory holds these `size` bytes. */
  holdsBytes(address: number, what: Buffer, size: number): boolean {
    return this.bytesBuffer.compare(what, 0, size, address, address + size) === 0;
  }

  /** Whether memory from `start` to `end` is as it must be. */
  sameBytes(start: number, end: number): boolean {
    return this.bytesBuffer.compare(this.expectedBuffer, start, end, start, end) === 0;
  }

  /** Whether an address lies in coherent memory that is allocated. */
  isCoherentLive(address: number): boolean {
    return ((this.coherentPages >>> ((address - COHERENT_BASE) >> 12)) & 1) !== 0;
  }

  /** Remembers a packed slot whose flags were written in this call. */
  touchSlot(slot: number): void {
    if (this.touchedSlots < MAX_TOUCHED) this.touched[this.touchedSlots++] = slot;
  }

  /** The DMA address that piece `k` of a buffer must carry; `entry` is its mapping or -1. */
  pieceAddress(token: number, k: number, entry: number): number {
    const piece = this.buffers.firstPiece[token]! + k;
    if (this.buffers.premapped[token] === 1) return this.buffers.pieceDma[piece]!;
    if (!this.model.useDmaApi) return PHYSICAL_BASE + this.buffers.pieceCpu[piece]!;
    return entry < 0 ? -1 : this.ledger.dma[entry]!;
  }
}

export function isPool(address: number): boolean {
  return address >= POOL_BASE && address < POOL_BASE + POOL_SIZE;
}

/** The CPU address of the bounce bytes behind a DMA address, or -1 where there are none. */
export function bounceOf(dma: number): number {
  const address = dma >= DOMAIN_BASE ? dma - DOMAIN_BASE + POOL_BASE : dma - PHYSICAL_BASE;
  return isPool(address) ? address : -1;
}

export function deviceReads(direction: number): boolean {
  return direction !== DMA_FROM_DEVICE;
}

export function deviceWrites(direction: number): boolean {
  return direction !== DMA_TO_DEVICE;
}
