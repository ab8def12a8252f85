// A module that brings a driver from outside: another implementation of the ring behind the same platform, so that the same
// oracles judge it. The harness trusts the module's glue and nothing of the driver in it. docs/adding-a-driver.md goes
// through it step by step; examples/naive-driver is one in plain JavaScript; src/linux is one around compiled kernel code.

import type { BounceMemory, BouncePool } from './bounce-pool.js';
import type { ClientDma } from './dma-api.js';
import type { Platform } from './platform.js';
import type { QueueConfig, RingDriver } from './ring-driver.js';

/** The version of this interface. A module of another one is refused. */
export const DRIVER_API_VERSION = 1;

export type RingLayout = 'split' | 'packed';

/**
 * What the driver can do. A scenario that asks for more runs without it, the same way each time, so that the same corpus
 * files run on every driver (src/scenario/fit-configuration.ts): a feature that is not there is not negotiated, calls that
 * are not there are left out of the scenario.
 */
export interface DriverFeatures {
  /** Which of the two it has; at least one. Without packed, packed inputs run split (and the reverse). */
  readonly layouts: readonly RingLayout[];
  /** VIRTIO_F_INDIRECT_DESC. */
  readonly indirect: boolean;
  /** VIRTIO_F_EVENT_IDX. */
  readonly eventIndex: boolean;
  /** Layouts with VIRTIO_F_IN_ORDER; none where it is empty. */
  readonly inOrder: readonly RingLayout[];
  /** A context a buffer. `device-writable`: of buffers without other pieces (virtqueue_add_inbuf_ctx); others have none. */
  readonly context: boolean | 'device-writable';
  /**
   * AddOptions.premapped. Without it such buffers are added as any other. `one-direction`: not those with pieces of both
   * (virtqueue_add_inbuf_premapped). `whole-queue`: the first buffer of a queue decides for all (virtqueue_set_dma_premapped).
   */
  readonly premapped: boolean | 'one-direction' | 'whole-queue';
  /** RingDriver.reset. Without it no reset is asked for, and VIRTIO_F_RING_RESET is not negotiated. */
  readonly reset: boolean;
  /** RingDriver.resize; needs reset. */
  readonly resize: boolean;
  /** Works without the DMA API, with physical addresses. Without it back end `none` becomes `direct`. */
  readonly withoutDmaApi: boolean;
  /** A queue without a callback. Without it every queue has one. */
  readonly withoutCallback: boolean;
}

/**
 * By which rules calls are judged where the specification leaves a choice.
 *
 * `linux`: return values, event fields, kicks, warnings and the order of detach are those of Linux (docs/driver.md).
 * `specification`: only what virtio demands, and what a hostile device must not bring about.
 */
export type Semantics = 'linux' | 'specification';

/**
 * A read of device-writable memory that the driver is known to make although it should not: not a finding by itself, so that
 * what follows from it is found instead.
 */
export interface ToleratedRead {
  readonly layout: RingLayout;
  /** Field as findings name it, without an index, such as `desc[].flags`. */
  readonly field: string;
  /** The calls in which it is read, such as `getBuf`. */
  readonly calls: readonly string[];
  readonly reason: string;
}

/**
 * A hole that the driver is known to have and the hardened driver has not: what the differential target does not compare
 * any further, and nothing else. It looks for differences that nobody knows of.
 */
export interface KnownDifference {
  /** Short name of the hole, such as `V04`. */
  readonly id: string;
  readonly layout: RingLayout;
  /** From the moment on at which this happens. */
  readonly from:
    | 'creation'
    | 'device-writes-descriptor-flags'
    | 'a-map-fails'
    | 'add-fails'
    | 'callbacks-switched-off'
    | 'delayed-callbacks-on-a-broken-queue'
    | 'in-order-buffers-taken-back'
    | 'in-order-id-of-no-buffer';
  readonly reason: string;
}

/** A place in the driver, for people and for buckets. */
export interface DriverFrame {
  /** Such as `drivers/virtio/virtio_ring.c`. */
  readonly file: string;
  readonly function: string;
  readonly line?: number;
  /** A function that many others call, and whose fault a finding never is: the nearest frame outside that is none is. */
  readonly helper?: boolean;
}

/**
 * Where a driver tells of accesses to guest memory that it makes by itself, not through Platform.memory: compiled code whose
 * loads and stores are instrumented. Addresses are CPU addresses of the world (offsets into guest memory); those outside of
 * guest memory are the module's own business and are ignored. Each call may throw (a finding): let it pass, whatever frames
 * it goes through, and expect reset() next.
 *
 * Every load and store of device-writable memory must be told of: what a driver decided is judged by the values that it
 * read. To be fast, filter by sharedStart and sharedEnd in compiled code before calling out. Private accesses may be told of
 * as well: then a bad one is a finding at once (`out-of-bounds`, `heap`), as with KASAN.
 */
export interface DriverAccess {
  /** Device-writable memory that a driver itself accesses: [sharedStart, sharedEnd). */
  readonly sharedStart: number;
  readonly sharedEnd: number;
  /**
   * The driver is about to load `size` bytes (1, 2, 4 or 8). In device-writable memory an armed race changes the bytes now,
   * so the load must come after the call and must read memory again.
   */
  load(address: number, size: number): void;
  /** The driver is about to store `size` bytes (1, 2, 4 or 8). The value is read from memory a little later. */
  store(address: number, size: number): void;
  /** A range was written as a whole (memset, memcpy): call it afterwards. Not for single fields of the ring. */
  stored(address: number, size: number): void;
  /**
   * The driver's own sanitizer saw a bad access. `address` is a world address, or -1 for memory of the module's own.
   * Does not return where the report counts.
   */
  badAccess(kind: 'out-of-bounds' | 'use-after-free', access: 'load' | 'store', address: number, size: number): void;
}

/** What the module's queues are given: the platform, and where to tell of accesses that do not go through it. */
export interface DriverPlatform extends Platform {
  readonly access: DriverAccess;
}

/** A queue as the harness drives it. The object is pooled: create() begins a new life, whatever became of the last one. */
export interface DriverQueue extends RingDriver {
  /**
   * Sets the queue up: ring memory from dma.allocCoherent, private state from allocator.kmalloc. 0, -EINVAL for a size that
   * the layout does not have, or -ENOMEM with nothing left behind. Everything that belongs to a kernel's probe but not to
   * the queue must be told of neither allocator nor DMA API.
   */
  create(config: QueueConfig): number;
  /**
   * The queue's own calls for a client that maps buffers before it adds them (virtqueue_map_single_attrs), each one the same
   * call of the DMA API. Without them, and without the DMA API, the client calls that itself.
   */
  readonly clientDma?: ClientDma;
}

/** One queue object for each layout of DriverFeatures.layouts. */
export interface DriverQueues {
  readonly split?: DriverQueue;
  readonly packed?: DriverQueue;
}

/** What the engine's feedback is made of where the driver is no instrumented JavaScript. */
export interface DriverCoverage {
  /** Edge counters of compiled code, at a fixed place for the life of the process (inline 8-bit counters). */
  readonly counters?: Uint8Array;
  /** After each execution: the comparisons that the driver made in it, at most 16 or so, then forgets them. */
  flushComparisons?(report: (place: number, left: number, right: number) => void): void;
}

export interface DriverModule {
  readonly apiVersion: typeof DRIVER_API_VERSION;
  /** One word of letters, digits, dots and dashes, such as `naive` or `linux-6.12`: folders of findings carry it. */
  readonly name: string;
  /** What exactly was run, for reports: a version, a commit, a hash. */
  readonly version: string;
  readonly features: DriverFeatures;
  readonly semantics: Semantics;
  readonly toleratedReads?: readonly ToleratedRead[];
  readonly knownDifferences?: readonly KnownDifference[];
  /**
   * Guest memory of `size` bytes, for a driver that cannot reach memory elsewhere (WebAssembly). Byte k of the view is CPU
   * address k. Asked for once for each world, before createQueues; the view must stay valid, at its place and of that length
   * as long as the world is used (so no growing memory), and belongs to the world: the module writes it only as the driver
   * does. The world clears it. Without this method the world has memory of its own.
   */
  guestMemory?(size: number): Uint8Array;
  /**
   * Bounce buffers of the driver's own operating system, which stand where swiotlb does. Asked for once for each world, after
   * guestMemory and before createQueues. Without this method, and where it gives null, the world has swiotlb of its own.
   */
  bouncePool?(memory: BounceMemory): BouncePool | null;
  /**
   * The queues on this platform. Called once for each world: a process has one, unless it throws the first away.
   * `onInterrupt` is the queue's callback.
   */
  createQueues(platform: DriverPlatform, onInterrupt: () => void): DriverQueues;
  /**
   * Before each execution: forget all state of the driver that is not in guest memory. The last execution may have ended
   * anywhere, by an exception in the middle of a call. Not needed where create() begins anew by itself.
   */
  reset?(): void;
  /**
   * The frames of an error's stack, in V8's own words, that are in the driver, the innermost first; [] where there are none. An error whose
   * first frame is in the driver is a crash of the driver (`panic`), any other that is not the harness's a fault of the
   * module. Without this method: frames in the files of the module's folder.
   */
  frames?(stack: string): readonly DriverFrame[];
  /** For a module without frames(): names of functions that are helpers (DriverFrame). */
  readonly helpers?: readonly string[];
  /** Asked for after createQueues. Without this method the engine instruments the JavaScript in the module's folder. */
  coverage?(): DriverCoverage;
}

/** What a finding's reader needs to have the same driver again. */
export interface DriverIdentity {
  readonly name: string;
  readonly version: string;
  /** What `--driver` takes: a path, or the name of a driver that vringfuzz knows, such as `linux:6.12`. */
  readonly source: string;
  /** Of the file, or of whatever stands for it, 64 hex digits. */
  readonly sha256: string;
}

/** A module as it is handed to execute(): with what the harness adds where the module has nothing of its own. */
export interface ForeignDriver {
  readonly module: DriverModule;
  readonly identity: DriverIdentity;
  readonly frames: (stack: string) => readonly DriverFrame[];
}
