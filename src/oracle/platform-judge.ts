// Listens to everything that memory, heap, DMA layer and device report, keeps the case file and asks the oracles whose
// claim an event touches. Order matters: an event is judged before it takes effect, so that the first wrong step is the
// one reported.

import type { DmaObserver, MapKind } from '../dma/dma-observer.js';
import { copyBytes, isHeap } from '../memory/guest-memory.js';
import type { DeviceWriteObserver } from '../memory/device-view.js';
import { COHERENT_BASE, COHERENT_SIZE, PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';
import { FAULT_STORE, type HeapObserver, type MemoryObserver } from '../memory/memory-observer.js';
import { DMA_ATTR_SKIP_CPU_SYNC, DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import type { TraceSink } from '../verdict/trace.js';
import { checkCopy, checkCopyIn, checkSlot, checkSlotsDisjoint, failStrayCopy } from './bounce-mismatch.js';
import { CALL_ADD, CALL_CLIENT, CALL_GET, CALL_RESET } from './calls.js';
import { bounceOf, type CaseFile, deviceReads, deviceWrites, isPool } from './case-file.js';
import { checkCopySource, checkExposed, checkWithdrawn, granulesOf } from './disclosure.js';
import { BY_CLIENT, BY_DRIVER } from './dma-ledger.js';
import { checkDoubleFetch } from './double-fetch.js';
import { failDoubleUnmap } from './double-unmap.js';
import { checkEarlyUnmap } from './early-unmap.js';
import { failBadFree, failUseAfterFree } from './heap.js';
import { checkLoads } from './liveness.js';
import { failAccess, failRingStore } from './out-of-bounds.js';
import { checkDeviceRead, checkReadableWritten } from './read-only-data.js';
import {
  AVAIL_EVENT_FIELD,
  DESC_FLAGS,
  DESC_ID,
  DESC_LEN,
  DEVICE_FLAGS_FIELD,
  DEVICE_OFF_WRAP_FIELD,
  FIELD_NONE,
  fieldName,
  USED_FLAGS_FIELD,
  USED_ID_FIELD,
  USED_IDX_FIELD,
  USED_LEN_FIELD,
} from './ring-map.js';
import { checkDescriptorStore, failDeviceFieldStore } from './ring-publish.js';
import { failWrittenAfterEnd } from './stale-bytes.js';
import { checkOwner, failUnknownUnmap } from './unknown-unmap.js';
import { checkUnmapArguments, checkUnmapRecord, directionName } from './unmap-mismatch.js';
import { checkUntrustedRead } from './untrusted-read.js';

const SLOT_SHIFT = 11;
const SLOT_SIZE = 1 << SLOT_SHIFT;
const SLOTS = POOL_SIZE / SLOT_SIZE;

export class PlatformJudge implements MemoryObserver, HeapObserver, DmaObserver, DeviceWriteObserver {
  trace: TraceSink | null = null;
  /** What was written to each slot since the last scrub, as a range of offsets; empty where the end is 0. */
  private readonly touchedFrom = new Int32Array(SLOTS);
  private readonly touchedTo = new Int32Array(SLOTS);
  private readonly touchedSlots = new Uint16Array(SLOTS);
  private touchedCount = 0;

  constructor(private readonly c: CaseFile) {}

  /** Empties the bounce slots that the last execution touched: what it left must not decide the next verdict. */
  scrub(): void {
    for (let k = 0; k < this.touchedCount; k++) {
      const slot = this.touchedSlots[k]!;
      const at = POOL_BASE + slot * SLOT_SIZE;
      clear(this.c.bytes, at + this.touchedFrom[slot]!, at + this.touchedTo[slot]!);
      clear(this.c.expected, at + this.touchedFrom[slot]!, at + this.touchedTo[slot]!);
      this.touchedTo[slot] = 0;
    }
    this.touchedCount = 0;
  }

  // Memory.

  sharedLoad(address: number, size: number, value: number): void {
    const { c } = this;
    const field = c.ring.locate(address);
    const { index } = c.ring;
    if (this.trace !== null) this.trace.event('load', `driver reads ${fieldName(field, index)} = ${hex(value)}`);
    c.loads++;
    checkLoads(c);
    checkUntrustedRead(c, field, index);
    checkDoubleFetch(c, field, index);
    c.seenFields |= 1 << field;
    this.rememberLoad(field, size, value);
  }

  sharedStore(address: number, size: number, value: number): void {
    const { c } = this;
    const offset = address - COHERENT_BASE;
    if (c.ring.num > 0) {
      const field = c.ring.locate(address);
      const { index } = c.ring;
      if (this.trace !== null) this.trace.event('store', `driver writes ${fieldName(field, index)} = ${hex(value)}`);
      this.judgeStore(field, index, address, size);
    }
    if (size === 2) c.written.setUint16(offset, value, true);
    else {
      c.written.setUint32(offset, value >>> 0, true);
      if (size === 8) c.written.setUint32(offset + 4, (value / 0x1_0000_0000) >>> 0, true);
    }
  }

  copying(target: number, source: number, size: number): void {
    const { c } = this;
    if (this.trace !== null) this.trace.event('copy', `copy ${size} bytes ${place(source)} -> ${place(target)}`);
    if (isPool(target)) {
      this.touch(target, size);
      if (c.pendingMap) {
        checkCopySource(c, source, size);
        checkCopyIn(c, target, source, size);
        c.pendingTarget = target;
        return;
      }
      if (c.current >= 0) checkCopySource(c, source, size);
    }
    if (c.current >= 0) checkCopy(c, target, source, size);
    else if (!c.probing) failStrayCopy(target, source, size);
  }

  filling(target: number, size: number, value: number): void {
    if (target >= COHERENT_BASE && target + size <= COHERENT_BASE + COHERENT_SIZE) {
      this.c.writtenBytes.fill(value, target - COHERENT_BASE, target - COHERENT_BASE + size);
      return;
    }
    failStrayCopy(target, 0, size);
  }

  fault(address: number, size: number, access: number): void {
    if (address === 0 || !this.wasFreed(address)) failAccess(address, size, access === FAULT_STORE);
    else failUseAfterFree(address, size, access === FAULT_STORE);
  }

  /** Set by the world: whether a heap address belonged to an object that has been freed. */
  wasFreed: (address: number) => boolean = () => false;

  // Heap.

  allocated(address: number, size: number): void {
    if (address === 0) {
      this.c.kmallocFailures++;
      if (this.trace !== null) this.trace.event('heap', `kmalloc(${size}) fails`);
      return;
    }
    this.c.heapLive++;
    this.c.kmallocs++;
    this.c.tableAddress = address;
    if (this.trace !== null) this.trace.event('heap', `kmalloc(${size}) = ${hex(address)}`);
  }

  freeing(address: number, live: boolean): void {
    if (this.trace !== null) this.trace.event('heap', `kfree(${hex(address)})`);
    if (!live) {
      failBadFree(address);
      return;
    }
    this.c.heapLive--;
    if (this.c.tableAddress === address) this.c.tableAddress = 0;
  }

  // DMA.

  mapping(cpu: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void {
    const { c } = this;
    c.pendingMap = true;
    c.pendingCpu = cpu;
    c.pendingSize = size;
    c.pendingDirection = direction;
    c.pendingTarget = -1;
    this.pendingKind = kind;
    this.pendingAttributes = attributes;
  }

  mapped(dma: number): void {
    const { c } = this;
    const { ledger, pendingCpu: cpu, pendingSize: size } = c;
    c.pendingMap = false;
    if (this.trace !== null) {
      const what = `map ${size} bytes at ${hex(cpu)} ${directionName(c.pendingDirection)}`;
      this.trace.event('map', dma === DMA_MAPPING_ERROR ? `${what} fails` : `${what} -> ${hex(dma)}`);
    }
    if (dma === DMA_MAPPING_ERROR) {
      c.mapFailures++;
      return;
    }
    // An indirect table is the driver's own writing: what it holds now is what the device must see.
    if (isHeap(cpu)) for (let at = cpu; at < cpu + size; at++) c.expected[at] = c.bytes[at]!;
    const bounce = bounceOf(dma);
    if (bounce >= 0) {
      checkSlot(c, dma);
      checkSlotsDisjoint(c, dma, size);
      copyBytes(c.expected, bounce, cpu, size);
    }
    const entry = ledger.open(dma, cpu, size, c.pendingDirection as DmaDirection);
    ledger.kind[entry] = this.pendingKind;
    ledger.attributes[entry] = this.pendingAttributes;
    ledger.owner[entry] = c.call === CALL_CLIENT ? BY_CLIENT : BY_DRIVER;
    ledger.token[entry] = c.call === CALL_ADD ? c.token : 0;
    if (c.call === CALL_ADD) c.buffers.mappings[c.token]!++;
    if (c.iommu) c.granulesExpected += granulesOf(cpu, size);
  }

  unmapping(dma: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void {
    const { c } = this;
    if (this.trace !== null)
      this.trace.event('unmap', `unmap ${size} bytes at ${hex(dma)} ${directionName(direction)}`);
    const entry = c.ledger.findLive(dma);
    c.current = entry;
    if (entry < 0) {
      if (!c.probing) this.judgeUnknown(dma, size);
      return;
    }
    c.currentStart = 0;
    c.currentSize = c.probing ? Math.min(size, c.ledger.size[entry]!) : c.ledger.size[entry]!;
    c.currentDirection = direction;
    c.currentCopies = (attributes & DMA_ATTR_SKIP_CPU_SYNC) === 0;
    checkOwner(c, entry, c.call === CALL_CLIENT ? BY_CLIENT : BY_DRIVER);
    if (c.probing) return;
    checkUnmapArguments(c, entry, size, direction, kind, attributes);
    checkUnmapRecord(c, entry);
    checkEarlyUnmap(c, entry);
  }

  unmapped(): void {
    const { c } = this;
    const entry = c.current;
    if (entry < 0) return;
    const { ledger } = c;
    const cpu = ledger.cpu[entry]!;
    const size = ledger.size[entry]!;
    const bounce = bounceOf(ledger.dma[entry]!);
    if (bounce >= 0 && c.currentCopies && deviceWrites(c.currentDirection))
      copyBytes(c.expected, cpu, bounce, c.currentSize);
    ledger.close(entry);
    const token = ledger.token[entry]!;
    if (token > 0) c.buffers.mappings[token]!--;
    if (c.iommu) {
      c.granulesExpected -= granulesOf(cpu, size);
      checkWithdrawn(c);
    }
    c.current = -1;
  }

  syncing(dma: number, size: number, direction: DmaDirection, forDevice: boolean): void {
    const { c } = this;
    if (this.trace !== null) {
      this.trace.event('sync', `sync ${size} bytes at ${hex(dma)} for ${forDevice ? 'device' : 'cpu'}`);
    }
    const entry = c.ledger.findContaining(dma, c.probing ? 1 : size);
    c.current = entry;
    if (entry < 0) return;
    c.currentStart = dma - c.ledger.dma[entry]!;
    c.currentSize = Math.min(size, c.ledger.size[entry]! - c.currentStart);
    c.currentDirection = direction;
    c.currentCopies = forDevice ? deviceReads(direction) : deviceWrites(direction);
    this.syncForDevice = forDevice;
  }

  synced(): void {
    const { c } = this;
    const entry = c.current;
    c.current = -1;
    if (entry < 0 || !c.currentCopies) return;
    const bounce = bounceOf(c.ledger.dma[entry]!);
    if (bounce < 0) return;
    const slot = bounce + c.currentStart;
    const original = c.ledger.cpu[entry]! + c.currentStart;
    if (this.syncForDevice) copyBytes(c.expected, slot, original, c.currentSize);
    else copyBytes(c.expected, original, slot, c.currentSize);
  }

  coherentAllocated(cpu: number, dma: number, size: number): void {
    if (cpu === 0) {
      this.c.coherentFailures++;
      if (this.trace !== null) this.trace.event('coherent', `coherent allocation of ${size} bytes fails`);
      return;
    }
    this.c.coherentLive++;
    if (this.c.iommu) this.c.granulesExpected += Math.ceil(size / PAGE_SIZE);
    if (this.trace !== null) this.trace.event('coherent', `coherent ${size} bytes at ${hex(cpu)} = ${hex(dma)}`);
  }

  coherentFreeing(cpu: number, size: number): void {
    this.c.coherentLive--;
    if (this.c.iommu) this.c.granulesExpected -= Math.ceil(size / PAGE_SIZE);
    if (this.trace !== null) this.trace.event('coherent', `coherent ${size} bytes at ${hex(cpu)} freed`);
  }

  exposed(_iova: number, cpu: number, readable: boolean): void {
    const { c } = this;
    c.granules++;
    if (c.pendingMap) checkExposed(c, cpu, readable);
  }

  withdrawn(): void {
    this.c.granules--;
  }

  // Device.

  deviceWrote(address: number, size: number): void {
    const { c } = this;
    if (this.trace !== null) this.traceDeviceWrite(address, size);
    if (address >= COHERENT_BASE && address < COHERENT_BASE + COHERENT_SIZE) return;
    if (isPool(address)) {
      this.touch(address, size);
    } else if (!this.mayWrite(address, size)) {
      checkReadableWritten(c, address);
      failWrittenAfterEnd(address, size);
      return;
    }
    for (let at = address; at < address + size; at++) c.expected[at] = c.bytes[at]!;
  }

  deviceRead(dma: number, address: number, size: number): void {
    if (this.trace !== null) this.trace.event('device', `device reads ${size} bytes at ${place(address)}`);
    // A descriptor that the device itself forged can name any other place.
    if (this.c.ledger.findContaining(dma, size) >= 0) checkDeviceRead(this.c, address, size);
  }

  private pendingKind: MapKind = 1;
  private pendingAttributes = 0;
  private syncForDevice = false;

  private rememberLoad(field: number, size: number, value: number): void {
    const { c } = this;
    const { model } = c;
    switch (field) {
      case USED_IDX_FIELD:
      case DESC_FLAGS:
        c.seenUsed = value;
        c.seenIndex = c.ring.index;
        break;
      case USED_ID_FIELD:
      case DESC_ID:
        c.seenId = value;
        if (c.call === CALL_GET) c.releasing = value < model.num ? model.tokenOf[value]! : 0;
        break;
      case USED_LEN_FIELD:
      case DESC_LEN:
        c.seenLen = value;
        break;
      case USED_FLAGS_FIELD:
      case AVAIL_EVENT_FIELD:
        c.seenEvent = value;
        break;
      case DEVICE_OFF_WRAP_FIELD:
        c.seenEvent = value;
        // The snapshot covers both halves: reading the flags again would be a second fetch.
        if (size === 4) c.seenFields |= 1 << DEVICE_FLAGS_FIELD;
        break;
      default:
        break;
    }
  }

  private judgeStore(field: number, index: number, address: number, size: number): void {
    const { c } = this;
    c.lastStoreField = field;
    c.lastStoreIndex = index;
    if (c.call === CALL_RESET) return;
    if (field === FIELD_NONE) failRingStore(address, size);
    else if (field <= DESC_ID) {
      checkDescriptorStore(c, field, index);
      if (field === DESC_FLAGS && c.ring.packed) c.touchSlot(index);
    } else if (isDeviceField(field)) failDeviceFieldStore(field, index);
  }

  private judgeUnknown(dma: number, size: number): void {
    const ended = this.c.ledger.findEnded(dma);
    if (ended >= 0) failDoubleUnmap(this.c, ended, size);
    failUnknownUnmap(dma, size);
  }

  /** Whether live mappings, or buffers in flight where there is no DMA API, let the device write all of the range. */
  private mayWrite(address: number, size: number): boolean {
    const { c } = this;
    if (!c.model.useDmaApi) return true;
    if (!c.iommu) return this.coveredByWritable(address, size, 0);
    const end = address + size;
    for (let at = address; at < end; at = (at | (PAGE_SIZE - 1)) + 1) {
      if (!this.coveredByWritable(at, 1, PAGE_SIZE - 1)) return false;
    }
    return true;
  }

  /** Whether one device-writable mapping, widened to granules of `mask` + 1 bytes, covers the range. */
  private coveredByWritable(address: number, size: number, mask: number): boolean {
    const { ledger } = this.c;
    for (let k = 0; k < ledger.liveCount; k++) {
      const entry = ledger.liveAt(k);
      if (!deviceWrites(ledger.direction[entry]!)) continue;
      const start = ledger.cpu[entry]! & ~mask;
      const end = (ledger.cpu[entry]! + ledger.size[entry]! + mask) & ~mask;
      if (address >= start && address + size <= end) return true;
    }
    return false;
  }

  private touch(address: number, size: number): void {
    const start = address - POOL_BASE;
    const last = (start + size - 1) >> SLOT_SHIFT;
    for (let slot = start >> SLOT_SHIFT; slot <= last && slot < SLOTS; slot++) {
      const from = Math.max(0, start - (slot << SLOT_SHIFT));
      const to = Math.min(SLOT_SIZE, start + size - (slot << SLOT_SHIFT));
      if (this.touchedTo[slot] === 0) {
        this.touchedSlots[this.touchedCount++] = slot;
        this.touchedFrom[slot] = from;
        this.touchedTo[slot] = to;
        continue;
      }
      if (from < this.touchedFrom[slot]!) this.touchedFrom[slot] = from;
      if (to > this.touchedTo[slot]!) this.touchedTo[slot] = to;
    }
  }

  private traceDeviceWrite(address: number, size: number): void {
    const { c } = this;
    const field = c.ring.locate(address);
    if (field === FIELD_NONE) {
      this.trace?.event('device', `device writes ${size} bytes at ${place(address)}`);
      return;
    }
    const value = size === 2 ? c.guest.getUint16(address, true) : c.guest.getUint32(address, true);
    this.trace?.event('device', `device writes ${fieldName(field, c.ring.index)} = ${hex(value)}`);
  }
}

function clear(bytes: Uint8Array, from: number, to: number): void {
  // A native call costs more than it clears where a slot held a few bytes.
  if (to - from > 96) bytes.fill(0, from, to);
  else for (let at = from; at < to; at++) bytes[at] = 0;
}

function isDeviceField(field: number): boolean {
  return (
    (field >= USED_FLAGS_FIELD && field <= AVAIL_EVENT_FIELD) ||
    field === DEVICE_OFF_WRAP_FIELD ||
    field === DEVICE_FLAGS_FIELD
  );
}

/** An address as people know it: slot and offset in the pool, or plain. */
function place(address: number): string {
  if (!isPool(address)) return hex(address);
  return `slot ${(address - POOL_BASE) >> 11}+${(address - POOL_BASE) & 2047}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
