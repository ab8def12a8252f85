// What happened, as numbers: enough to rebuild ring memory, ledger and buffers at any point of a trace without running
// anything. The text of an event is made of its data (event-text.ts), so that the two cannot disagree.

/** A CPU address, as src/memory/layout.ts maps guest memory. */
type Address = number;
/** Number of a mapping in the DMA ledger: from 0, in the order of mapping, never reused. */
type Entry = number;

/** A driver call begins. */
export interface CallData {
  readonly type: 'call';
  readonly call: string;
}

/** A driver call is over. */
export interface ReturnData {
  readonly type: 'return';
  readonly call: string;
  /** As text: an error name, `true`, `token 3, length 5`; empty where the call returns nothing. */
  readonly result: string;
  /** The buffer that was offered, came back or was detached; absent or 0 for none. */
  readonly token?: number;
  /** The buffer was not taken. */
  readonly refused?: true;
}

/** The driver read device-writable memory. */
export interface LoadData {
  readonly type: 'load';
  /** `desc[2].flags`, or `no ring field`. */
  readonly field: string;
  readonly at: Address;
  /** Bytes: 2, 4 or 8. */
  readonly size: number;
  /** Of an 8-byte load the low 32 bits. */
  readonly value: number;
}

/** The driver wrote device-writable memory. */
export interface StoreData {
  readonly type: 'store';
  readonly field: string;
  readonly at: Address;
  readonly size: number;
  readonly value: number;
}

/** The device wrote memory. */
export interface DeviceWriteData {
  readonly type: 'device-write';
  /** The ring field that starts there, or null. */
  readonly field: string | null;
  readonly at: Address;
  readonly size: number;
  /** What `size` bytes then hold, for a ring field of 1, 2, 4 or 8 bytes; for other sizes the first byte. */
  readonly value?: number;
  /**
   * In hex, in memory order, where `value` does not say it all and the bytes lie in coherent memory. Left out beyond
   * RAW_BYTES of one trace: such bytes are unknown to a reader.
   */
  readonly bytes?: string;
}

/** An honest device read a buffer. */
export interface DeviceReadData {
  readonly type: 'device-read';
  readonly at: Address;
  readonly size: number;
}

/** A buffer or table was mapped, or could not be. */
export interface MapData {
  readonly type: 'map';
  /** Null where the call failed. */
  readonly entry: Entry | null;
  readonly dma: number | null;
  readonly cpu: Address;
  readonly size: number;
  readonly direction: string;
  readonly kind: string;
  /** The buffer being added, or 0. */
  readonly token: number;
  /** The driver, or its client (premapped buffers and mappings of its own). */
  readonly owner: 'driver' | 'client';
  /** Contents of an indirect table, in hex; under RAW_BYTES as well. */
  readonly bytes?: string;
}

export interface UnmapData {
  readonly type: 'unmap';
  /** The live mapping that starts at `dma`, or null. */
  readonly entry: Entry | null;
  /** Where none is live: the latest ended one that started there, or null. */
  readonly ended: Entry | null;
  readonly dma: number;
  readonly size: number;
  readonly direction: string;
  readonly kind: string;
}

export interface SyncData {
  readonly type: 'sync';
  readonly entry: Entry | null;
  readonly dma: number;
  readonly size: number;
  readonly for: 'device' | 'cpu';
}

/** The DMA layer copied between a buffer and its bounce slot. */
export interface CopyData {
  readonly type: 'copy';
  readonly source: Address;
  readonly target: Address;
  readonly size: number;
}

export interface AllocateData {
  readonly type: 'allocate';
  /** Null where there was no memory. */
  readonly at: Address | null;
  readonly size: number;
}

export interface FreeData {
  readonly type: 'free';
  readonly at: Address;
}

/** Coherent memory, which is zero when it is handed out. */
export interface CoherentData {
  readonly type: 'coherent';
  readonly cpu: Address | null;
  readonly dma: number | null;
  readonly size: number;
}

export interface CoherentFreeData {
  readonly type: 'coherent-free';
  readonly cpu: Address;
  readonly size: number;
}

export interface ViolationData {
  readonly type: 'violation';
  readonly oracle: string;
  readonly shape: string;
  /** The mapping that the violation is about, or null. */
  readonly mapping: Entry | null;
  /** The mappings that were live when it was found. */
  readonly live: readonly Entry[];
}

/** The queue has its ring there now. No event of its own. */
export interface RingData {
  readonly type: 'ring';
  readonly packed: boolean;
  /** Entries. */
  readonly num: number;
  readonly areas: readonly RingArea[];
}

/** `descriptors`, `available`, `used`, `driver event` or `device event`: fields in the order in which they lie there. */
export interface RingArea {
  readonly name: string;
  readonly at: Address;
  readonly size: number;
  readonly fields: readonly RingField[];
}

export interface RingField {
  /** `used.idx`; with `[]` where every entry has one: `desc[].addr`. */
  readonly name: string;
  /** Of the first one. */
  readonly at: Address;
  readonly size: number;
  /** From one entry to the next; absent for a field that is there once. */
  readonly stride?: number;
}

/** A reset or resize gave a buffer back. No event of its own. */
export interface RecycledData {
  readonly type: 'recycled';
  readonly token: number;
}

/** The driver asked the transport for something. No event of its own. */
export interface TransportData {
  readonly type: 'transport';
  readonly request: 'notify' | 'disable' | 'enable';
  readonly ok: boolean;
}

/** What has a text and is an event. */
export type EventData =
  | CallData
  | ReturnData
  | LoadData
  | StoreData
  | DeviceWriteData
  | DeviceReadData
  | MapData
  | UnmapData
  | SyncData
  | CopyData
  | AllocateData
  | FreeData
  | CoherentData
  | CoherentFreeData
  | ViolationData;

/**
 * What has none, and lies between events: stores before the ring has a place, ends of calls that return nothing, and what
 * only a reader of numbers needs.
 */
export type MarkData = RingData | RecycledData | TransportData | StoreData | ReturnData;

/** Most bytes of memory that one trace spells out. */
export const RAW_BYTES = 32 * 1024;
