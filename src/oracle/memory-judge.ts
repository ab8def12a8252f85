// Listens to memory, heap and device, keeps the case file and asks the oracles whose claim an event touches. An event is
// judged before it takes effect, so that the first wrong step is the one reported.

import { COHERENT_BASE, COHERENT_SIZE, PAGE_SIZE, POOL_BASE } from '../memory/layout.js';
import type { DeviceWriteObserver } from '../memory/device-view.js';
import { FAULT_STORE, type HeapObserver, type MemoryObserver } from '../memory/memory-observer.js';
import type { TraceSink } from '../verdict/trace.js';
import type { DeviceWriteData } from '../verdict/trace-data.js';
import { checkCopy, checkCopyIn, failStrayCopy } from './bounce-mismatch.js';
import { CALL_ADD, CALL_GET, CALL_RESET, CALL_RESIZE } from './calls.js';
import { type CaseFile, deviceWrites, isPool } from './case-file.js';
import { checkCopySource } from './disclosure.js';
import { checkPieceIn, checkReach, checkWipe } from './domain-rules.js';
import { checkDoubleFetch } from './double-fetch.js';
import { failBadFree, failUseAfterFree } from './heap.js';
import { checkLoads } from './liveness.js';
import { failAccess, failRingStore } from './out-of-bounds.js';
import { checkMissed } from './reach.js';
import { checkDeviceRead, checkReadableWritten } from './read-only-data.js';
import {
  AVAIL_EVENT_FIELD,
  AVAIL_FLAGS_FIELD,
  AVAIL_IDX_FIELD,
  DESC_FLAGS,
  DESC_ID,
  DESC_LEN,
  DEVICE_FLAGS_FIELD,
  DEVICE_OFF_WRAP_FIELD,
  DRIVER_FLAGS_FIELD,
  DRIVER_OFF_WRAP_FIELD,
  FIELD_NONE,
  fieldName,
  USED_EVENT_FIELD,
  USED_FLAGS_FIELD,
  USED_ID_FIELD,
  USED_IDX_FIELD,
  USED_LEN_FIELD,
} from './ring-map.js';
import { checkDescriptorStore, failDeviceFieldStore } from './ring-publish.js';
import { failWrittenAfterEnd } from './stale-bytes.js';
import { checkUntrustedRead, isTolerated } from './untrusted-read.js';

export class MemoryJudge implements MemoryObserver, HeapObserver, DeviceWriteObserver {
  trace: TraceSink | null = null;
  /** Instead of `trace`: is told where the device writes, and nothing else. */
  deviceWrites: TraceSink | null = null;

  constructor(private readonly c: CaseFile) {}

  // Memory.

  sharedLoad(address: number, size: number, value: number): void {
    const { c } = this;
    const field = c.ring.locate(address);
    const { index } = c.ring;
    if (this.trace !== null) {
      this.trace.event({ type: 'load', field: fieldName(field, index), at: address, size, value });
    }
    c.loads++;
    checkLoads(c);
    if (c.foreign && isTolerated(c, field)) return;
    checkUntrustedRead(c, field, index, size);
    checkDoubleFetch(c, field, index);
    c.seenFields |= 1 << field;
    c.seenIndexOf[field] = index;
    this.rememberLoad(field, size, value);
  }

  sharedStore(address: number, size: number, value: number): void {
    const { c } = this;
    const offset = address - COHERENT_BASE;
    if (!c.isCoherentLive(address)) failAccess(address, size, true);
    if (c.ring.num > 0) {
      const field = c.ring.locate(address);
      const { index } = c.ring;
      if (this.trace !== null) {
        this.trace.event({ type: 'store', field: fieldName(field, index), at: address, size, value });
      }
      this.judgeStore(field, index, address, size);
      if (c.call === CALL_ADD && this.publishes(field, index, value)) c.publications++;
    } else if (this.trace !== null) {
      this.trace.mark({ type: 'store', field: fieldName(FIELD_NONE), at: address, size, value });
    }
    if (size === 2) c.written.setUint16(offset, value, true);
    else {
      c.written.setUint32(offset, value >>> 0, true);
      if (size === 8) c.written.setUint32(offset + 4, (value / 0x1_0000_0000) >>> 0, true);
    }
  }

  sharedRangeStored(address: number, size: number): void {
    const { c } = this;
    if (!c.isCoherentLive(address)) failAccess(address, size, true);
    if (this.trace !== null) {
      this.trace.mark({ type: 'store', field: fieldName(FIELD_NONE), at: address, size, value: c.bytes[address]! });
    }
    c.writtenBytes.set(c.bytes.subarray(address, address + size), address - COHERENT_BASE);
  }

  copying(target: number, source: number, size: number): void {
    const { c } = this;
    if (this.trace !== null) this.trace.event({ type: 'copy', source, target, size });
    if (target >= POOL_BASE) c.dirty.mark(target, size);
    if (isPool(target)) {
      if (c.pendingMap) {
        checkCopySource(c, source, size);
        if (c.vduse) checkPieceIn(c, target, source, size);
        else {
          checkCopyIn(c, target, source, size);
          c.pendingTarget = target;
        }
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
    if (this.c.vduse && isPool(target) && isPool(target + size - 1)) this.wiping(target, size, value);
    else failStrayCopy(target, 0, size);
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
      if (this.trace !== null) this.trace.event({ type: 'allocate', at: null, size });
      return;
    }
    this.c.heapLive++;
    this.c.kmallocs++;
    this.c.tableAddress = address;
    if (this.trace !== null) this.trace.event({ type: 'allocate', at: address, size });
  }

  freeing(address: number, live: boolean): void {
    if (this.trace !== null) this.trace.event({ type: 'free', at: address });
    if (!live) {
      failBadFree(address);
      return;
    }
    this.c.heapLive--;
    if (this.c.tableAddress === address) this.c.tableAddress = 0;
  }

  // Device.

  deviceWrote(address: number, size: number): void {
    const { c } = this;
    if (this.trace !== null) this.trace.event(this.deviceWriteData(address, size));
    else if (this.deviceWrites !== null) {
      this.deviceWrites.event({ type: 'device-write', field: null, at: address, size });
    }
    if (address >= COHERENT_BASE && address < COHERENT_BASE + COHERENT_SIZE) return;
    if (address >= POOL_BASE) c.dirty.mark(address, size);
    if (!isPool(address) && !this.mayWrite(address, size)) {
      if (!checkReadableWritten(c, address)) failWrittenAfterEnd(address, size);
      return;
    }
    if (c.vduse) checkReach(c, address, size);
    c.adopt(address, size);
  }

  deviceRead(dma: number, address: number, size: number): void {
    if (this.trace !== null) this.trace.event({ type: 'device-read', at: address, size });
    // A descriptor that the device itself forged can name any other place.
    if (this.c.ledger.findContaining(dma, size) >= 0) checkDeviceRead(this.c, address, size);
  }

  deviceMissed(dma: number, size: number, write: boolean): void {
    checkMissed(this.c, dma, size, write);
  }

  /** A range of the bounce pages is about to be filled. What was there is back in its original, or belongs to nobody. */
  private wiping(target: number, size: number, value: number): void {
    const { c } = this;
    checkWipe(c, target, size, value);
    c.returnBytes();
    // Nothing is marked: the pool holds nothing in the beginning.
    c.expected.fill(0, target, target + size);
    c.domain.zero(target, size);
  }

  private rememberLoad(field: number, size: number, value: number): void {
    const { c } = this;
    const { model } = c;
    switch (field) {
      case DESC_FLAGS:
        if (!model.packed) break;
        c.seenUsed = value;
        break;
      case USED_IDX_FIELD:
        c.seenUsed = value;
        c.knownUsed = value;
        break;
      case USED_ID_FIELD:
      case DESC_ID:
        c.seenId = value;
        if (c.call === CALL_GET && model.batchLeft === 0) c.releasing = this.named(value);
        break;
      case DESC_LEN:
        if (!model.packed) break;
        c.seenLen = value;
        break;
      case USED_LEN_FIELD:
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

  /** The token that a getBuf may return because the device named `id`; 0 for none. */
  private named(id: number): number {
    const { model, seenUsed } = this.c;
    if (id >= model.num) return 0;
    if (!model.inOrder) return model.tokenOf[id]!;
    return model.batchUpTo(id, seenUsed) === 0 ? 0 : model.oldest;
  }

  /** Whether a store of an add makes a buffer visible: the available index, or available flags in the next slot. */
  private publishes(field: number, index: number, value: number): boolean {
    const { model } = this.c;
    if (!model.packed) return field === AVAIL_IDX_FIELD;
    return field === DESC_FLAGS && index === model.availableIndex && model.looksAvailable(value, model.availableWrap);
  }

  private judgeStore(field: number, index: number, address: number, size: number): void {
    const { c } = this;
    c.lastStoreField = field;
    c.lastStoreIndex = index;
    if (isEventField(field) && c.sawField(c.ring.packed ? DESC_FLAGS : USED_IDX_FIELD)) c.askedLate = true;
    // Where a resize has put the new ring is known when it is over.
    if (c.call === CALL_RESIZE) return;
    if (field === FIELD_NONE) {
      // Whoever clears the ring may clear what lies between its parts.
      if (!(c.foreign && c.call === CALL_RESET)) failRingStore(address, size);
    } else if (c.call === CALL_RESET) return;
    else if (field <= DESC_ID) {
      checkDescriptorStore(c, field, index);
      if (field === DESC_FLAGS && c.ring.packed) c.touchSlot(index);
    } else if (isDeviceField(field)) failDeviceFieldStore(field, index);
  }

  /** Whether live mappings, or buffers in flight where there is no DMA API, let the device write all of the range. */
  private mayWrite(address: number, size: number): boolean {
    const { c } = this;
    if (!c.model.useDmaApi) return true;
    if (c.bounced) return false;
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

  private deviceWriteData(address: number, size: number): DeviceWriteData {
    const { c } = this;
    const field = c.ring.locate(address);
    const coherent = address >= COHERENT_BASE && address < COHERENT_BASE + COHERENT_SIZE;
    if (!coherent) return { type: 'device-write', field: null, at: address, size };
    let value = c.bytes[address]!;
    if (size === 2) value = c.guest.getUint16(address, true);
    else if (size === 4) value = c.guest.getUint32(address, true);
    else if (size === 8) value = c.guest64(address);
    const saysAll = Number.isSafeInteger(value) && (size === 1 || size === 2 || size === 4 || size === 8);
    const bytes = saysAll ? {} : { bytes: Buffer.from(c.bytes.subarray(address, address + size)).toString('hex') };
    if (field === FIELD_NONE) {
      return { type: 'device-write', field: null, at: address, size, ...(saysAll ? { value } : bytes) };
    }
    return { type: 'device-write', field: fieldName(field, c.ring.index), at: address, size, value, ...bytes };
  }
}

function isDeviceField(field: number): boolean {
  return (
    (field >= USED_FLAGS_FIELD && field <= AVAIL_EVENT_FIELD) ||
    field === DEVICE_OFF_WRAP_FIELD ||
    field === DEVICE_FLAGS_FIELD
  );
}

/** Where the driver asks for interrupts. */
function isEventField(field: number): boolean {
  return (
    field === USED_EVENT_FIELD ||
    field === AVAIL_FLAGS_FIELD ||
    field === DRIVER_OFF_WRAP_FIELD ||
    field === DRIVER_FLAGS_FIELD
  );
}
