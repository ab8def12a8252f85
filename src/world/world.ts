// One pooled world: memory, DMA layer, both drivers, both devices, client and judge. Built once, reset for each input, so
// that an execution allocates nothing. The only place that knows driver and device.

import type { BackEndConfig } from '../dma/back-end.js';
import { BACK_END_NAMES } from '../dma/back-end.js';
import { Dma } from '../dma/dma.js';
import { FailureInjector } from './failure-injector.js';
import { HostileWrites } from '../device/hostile-writes.js';
import { PackedDevice } from '../device/packed-device.js';
import type { RingDevice } from '../device/ring-device.js';
import { SplitDevice } from '../device/split-device.js';
import { DeviceView } from '../memory/device-view.js';
import { GuestHeap } from '../memory/guest-heap.js';
import { GuestMemory } from '../memory/guest-memory.js';
import { COHERENT_BASE, MEMORY_SIZE, POOL_BASE } from '../memory/layout.js';
import { fillPattern } from '../memory/pattern.js';
import { ReportedAccess } from '../memory/reported-access.js';
import { CallJudge } from '../oracle/call-judge.js';
import { CALL_ADD } from '../oracle/calls.js';
import { CaseFile } from '../oracle/case-file.js';
import { DriverStopped } from '../oracle/oracle.js';
import { failBadAccess } from '../oracle/out-of-bounds.js';
import { checkNoAddress, NO_ALLOCATION } from '../oracle/teardown.js';
import { DmaJudge } from '../oracle/dma-judge.js';
import { MemoryJudge } from '../oracle/memory-judge.js';
import { tolerate } from '../oracle/untrusted-read.js';
import type { BouncePool } from '../platform/bounce-pool.js';
import type { DriverQueue, ForeignDriver } from '../platform/driver-module.js';
import { FAIL_COHERENT, FAIL_MAP, type FailureSource } from '../platform/failures.js';
import type { RingAddresses } from '../platform/ring-driver.js';
import { blankConfiguration, type Configuration, decodeConfiguration } from '../scenario/configuration.js';
import { packedRingSize } from '../spec/packed-layout.js';
import { splitRingSize } from '../spec/split-layout.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { TraceSink } from '../verdict/trace.js';
import { CanaryDma } from './canary-dma.js';
import { Client } from './client.js';
import { DriverLimits } from './driver-limits.js';
import { DriverSwiotlbBackEnd } from './driver-swiotlb.js';
import { foreignMemory } from './foreign-queue.js';
import { PlacementRun } from './placement-run.js';
import type { Placement } from './placement.js';
import { QueueSession } from './queue-session.js';
import { type Queues, makeQueues, settledMoments } from './queues.js';
import { Races } from './races.js';
import { ringData } from './ring-layout.js';
import { WorldTransport } from './transport.js';

export class World {
  readonly caseFile: CaseFile;
  readonly judge: CallJudge;
  readonly config: Configuration = blankConfiguration();
  readonly session: QueueSession;
  readonly client: Client;
  readonly failures = new FailureInjector();
  readonly dma: Dma;
  readonly races: Races;
  readonly hostile: HostileWrites;
  readonly view: DeviceView;
  readonly limits: DriverLimits;
  device: RingDevice;
  /** There is a queue. */
  exists = false;
  /** Null in every execution but those of somebody who tries out places. */
  placement: Placement | null = null;
  /**
   * Two drivers run the same scenario. What a driver loads, and how much private memory it allocates, is its own affair, so
   * counting these would make it another scenario for each: no race is placed at a load, and allocations fail in addSgs
   * alone, where both make at most one. Only with drivers from outside.
   */
  private comparing = false;

  private readonly placementRun: PlacementRun;
  private sink: TraceSink | null = null;
  private readonly memory: GuestMemory;
  private readonly heap: GuestHeap;
  private readonly memoryJudge: MemoryJudge;
  private readonly dmaJudge: DmaJudge;
  private readonly transport: WorldTransport;
  private readonly canaryDma: CanaryDma;
  private readonly splitDevice: SplitDevice;
  private readonly packedDevice: PackedDevice;
  private readonly access: ReportedAccess;
  /** Bounce buffers that came with the driver. */
  private readonly pool: BouncePool | null;
  private queue: DriverQueue;
  private readonly queues: Queues;

  /**
   * `perform` does the device operation of a record, at a moment that a race placed; `step` tells the number of the step
   * in progress. `foreign` is the driver under test where it is not our own.
   */
  constructor(
    perform: (record: number) => void,
    step: () => number,
    readonly foreign: ForeignDriver | null = null,
  ) {
    const bytes = foreign === null ? new Uint8Array(MEMORY_SIZE) : foreignMemory(foreign, MEMORY_SIZE);
    this.limits = new DriverLimits(foreign?.module.features ?? null);
    this.caseFile = new CaseFile(bytes);
    this.caseFile.foreign = foreign !== null;
    for (const read of foreign?.module.toleratedReads ?? []) tolerate(this.caseFile, read);
    this.caseFile.linuxRules = foreign === null || foreign.module.semantics === 'linux';
    fillPattern(this.caseFile.expected);
    this.judge = new CallJudge(this.caseFile);
    this.memoryJudge = new MemoryJudge(this.caseFile);
    this.dmaJudge = new DmaJudge(this.caseFile);
    this.races = new Races(bytes, this.memoryJudge, perform);
    this.placementRun = new PlacementRun(this.caseFile, this.memoryJudge, step);
    this.heap = new GuestHeap(bytes, this.memoryJudge, foreign === null ? this.failures : this.allocationFailures());
    this.memory = new GuestMemory(bytes, this.heap, this.memoryJudge, this.races);
    this.races.memory = this.memory;
    this.access = new ReportedAccess(this.memory, this.heap, this.memoryJudge, (kind, access, address, size) => {
      failBadAccess(kind, access, address, size);
      throw new DriverStopped(`${access} at ${address}: ${kind}`);
    });
    this.memoryJudge.wasFreed = (address): boolean => this.heap.wasFreed(address);
    if (foreign !== null) this.dmaJudge.settle = (): void => this.access.settle();
    this.dmaJudge.mapsRefused = (): number => this.failures.injected(FAIL_MAP);
    this.dmaJudge.coherentRefused = (): number => this.failures.injected(FAIL_COHERENT);
    this.pool = foreign?.module.bouncePool?.(this.memory) ?? null;
    this.dma = new Dma({
      ...(this.pool === null ? {} : { driverSwiotlb: new DriverSwiotlbBackEnd(this.pool) }),
      memory: this.memory,
      observer: this.dmaJudge,
      moments: foreign === null ? this.races : settledMoments(this.races, () => this.access.settle()),
      failures: this.failures,
    });
    // It judges our DMA layer, which is no part of what is tested where the driver is another one.
    this.caseFile.reach = foreign === null ? this.dma : null;
    this.view = new DeviceView(bytes, this.dma, this.memoryJudge);
    this.splitDevice = new SplitDevice(this.view);
    this.packedDevice = new PackedDevice(this.view);
    this.device = this.splitDevice;
    this.hostile = new HostileWrites(this.view);
    this.transport = new WorldTransport(this.caseFile, this.failures, () => {
      this.device.stop();
    });
    this.client = new Client(this.caseFile, this.dma);
    this.session = new QueueSession(this.caseFile, this.judge, this.client, this.transport);
    this.canaryDma = new CanaryDma(this.dma);
    this.session.canReset = this.limits.canReset;
    this.session.canResize = this.limits.canResize;
    const { memory, heap: allocator, transport, dma, canaryDma, access } = this;
    this.queues = makeQueues(this.caseFile, { memory, allocator, transport, dma, canaryDma, access }, foreign);
    this.queue = this.queues.canary;
  }

  compare(comparing: boolean): void {
    this.comparing = comparing;
    this.races.atLoads = !comparing;
  }

  set trace(trace: TraceSink | null) {
    const whole = trace?.brief === true ? null : trace;
    this.memoryJudge.trace = whole;
    this.memoryJudge.deviceWrites = whole === null ? trace : null;
    this.dmaJudge.trace = trace;
    this.session.trace = trace;
    this.transport.trace = trace;
    this.sink = whole;
  }

  /** Prepares an execution of these bytes; true when the queue could be created. */
  begin(target: TargetSpec, bytes: Uint8Array): boolean {
    decodeConfiguration(target, bytes, this.config);
    return this.start(target.canary);
  }

  /** Prepares an execution of what `config` says; true when the queue could be created. */
  start(canary: boolean): boolean {
    const { config, foreign } = this;
    if (foreign !== null) {
      foreign.module.reset?.();
      this.access.reset();
    }
    this.limits.fit(config);
    this.memory.reset();
    this.heap.reset();
    this.failures.reset();
    this.races.reset();
    this.client.reset();
    this.canaryDma.reset();
    const backEnd: { -readonly [K in keyof BackEndConfig]: BackEndConfig[K] } = this.backEndConfig;
    backEnd.name = config.backEnd;
    backEnd.poolSlots = config.poolSlots;
    backEnd.minAlignMask = config.minAlignMask;
    backEnd.allocAlignMask = config.allocAlignMask;
    this.caseFile.reset();
    this.view.setWindow(0, 0, 0);
    this.caseFile.iommu = config.backEnd === 'iommu';
    this.caseFile.vduse = config.backEnd === 'vduse';
    this.caseFile.bounced = config.backEnd === 'swiotlb' || config.backEnd === 'vduse';
    this.view.seePool(config.backEnd === 'vduse');
    this.caseFile.poolEnd = POOL_BASE + config.poolSlots * 2048;
    this.caseFile.minAlignMask = config.minAlignMask;
    this.caseFile.allocAlignMask = config.allocAlignMask;
    this.caseFile.model.useDmaApi = config.useDmaApi;
    this.caseFile.model.packed = config.packed;
    // Two drivers that are compared are bounced by the same.
    const pool = this.comparing || config.backEnd !== 'swiotlb' ? null : this.pool;
    this.caseFile.poolFile = pool?.file ?? null;
    this.caseFile.copiesEndWithAllocation = pool?.copiesEndWith === 'allocation';
    this.dma.reset(backEnd, pool === null);
    this.transport.resettable = config.resettable;
    if (config.createFailure !== -1) this.failures.arm(config.createFailure, config.createFailureSkip, 1);
    if (this.placement !== null) this.follow(this.placement);
    this.device = config.packed ? this.packedDevice : this.splitDevice;
    this.queue = (canary ? null : config.packed ? this.queues.packed : this.queues.split) ?? this.queues.canary;
    if (!this.create()) return false;
    if (config.kicksOff) this.device.wantKicks(false);
    return true;
  }

  /** Creates the queue and hands it to the device; false where it could not be created. */
  create(): boolean {
    this.limits.queueCreated();
    this.exists = this.session.create(this.queue, this.config, this.config.packed);
    this.client.mapWith(this.exists && this.config.useDmaApi ? (this.queue.clientDma ?? null) : null);
    if (this.exists) this.handOver();
    return this.exists;
  }

  /** From now on every service works and the device acts between driver calls only. */
  settle(): void {
    this.failures.release();
    this.races.release();
  }

  /** Stops the device, takes every buffer back, destroys the queue, and expects nothing to be left. */
  takeDown(): void {
    const { session, client, judge, caseFile } = this;
    this.device.stop();
    caseFile.stopped = true;
    for (let k = caseFile.model.inFlight; k >= 0; k--) if (session.detach() === 0) break;
    judge.quiesced();
    client.unmapAllOwn();
    // While there is a ring and when there is none: one place each, for what it costs.
    const nowhere = NO_ALLOCATION[caseFile.ledger.count % NO_ALLOCATION.length]!;
    checkNoAddress(nowhere, this.dma.coherentDmaAddress(nowhere));
    session.destroy();
    checkNoAddress(COHERENT_BASE, this.dma.coherentDmaAddress(COHERENT_BASE));
    client.checkWarnings();
    this.exists = false;
  }

  /** The ring is gone, and with it what the oracles knew of its place. */
  forgetRing(): void {
    this.caseFile.ring.detach();
    this.view.setWindow(0, 0, 0);
  }

  /** The device gets the queue, at the addresses that the driver names. */
  handOver(): void {
    const areas = this.session.driver.ringAddresses();
    this.caseFile.stopped = false;
    this.attachRing();
    this.device.start(areas, this.config.eventIndex, this.config.inOrder);
  }

  /** Tells the oracles where the ring is now. */
  attachRing(): void {
    const areas = this.session.driver.ringAddresses();
    this.caseFile.ring.attach(
      this.config.packed,
      areas.num,
      this.dma.translate(areas.descriptorArea, 1, false),
      this.dma.translate(areas.driverArea, 1, false),
      this.dma.translate(areas.deviceArea, 1, false),
    );
    if (this.sink !== null) this.sink.mark(ringData(this.caseFile.ring));
    this.openWindow(areas);
    this.judge.ringAttached();
  }

  private openWindow(areas: RingAddresses): void {
    const { descriptorArea, driverArea, deviceArea, num } = areas;
    const size = this.ringBytes(num);
    const last = Math.max(driverArea, deviceArea);
    const first = Math.min(driverArea, deviceArea);
    // A driver from outside may have made each area an allocation of its own.
    const apart = this.foreign !== null && (first < descriptorArea || last >= descriptorArea + size);
    this.view.setWindow(descriptorArea, this.caseFile.ring.descriptorArea, apart ? 0 : size);
  }

  /** Bytes of the allocation that the descriptors are in. */
  private ringBytes(num: number): number {
    return this.config.packed ? packedRingSize(num) : splitRingSize(num, this.config.align);
  }

  get backEndIndex(): number {
    return BACK_END_NAMES.indexOf(this.config.backEnd);
  }

  private readonly backEndConfig: BackEndConfig = { name: 'none', poolSlots: 256, minAlignMask: 0, allocAlignMask: 0 };

  private follow(placement: Placement): void {
    this.placementRun.start(placement);
    this.failures.plan = this.placementRun;
    this.races.follow(this.placementRun);
  }

  private allocationFailures(): FailureSource {
    return {
      fails: (kind) => {
        if (this.comparing && this.caseFile.call !== CALL_ADD) return false;
        return this.failures.fails(kind);
      },
    };
  }
}
