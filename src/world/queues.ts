// The queues of a world, each over the platform that it is given: our own drivers, or those of a module from outside, and
// the canary, which is our split queue over a DMA layer with a planted defect.

import type { DmaMoments } from '../dma/dma-observer.js';
import { PackedQueue } from '../driver/packed-queue.js';
import { SplitQueue } from '../driver/split-queue.js';
import type { ReportedAccess } from '../memory/reported-access.js';
import type { CaseFile } from '../oracle/case-file.js';
import { DriverStopped, raiseAgain } from '../oracle/oracle.js';
import { failIndex } from '../oracle/out-of-bounds.js';
import { checkWarning, failPanic } from '../oracle/panic.js';
import type { DmaApi } from '../platform/dma-api.js';
import type { DriverQueue, ForeignDriver } from '../platform/driver-module.js';
import type { Platform } from '../platform/platform.js';
import { foreignQueues } from './foreign-queue.js';

/** What drivers are given. */
export type Services = Pick<Platform, 'memory' | 'allocator' | 'transport'> & {
  readonly dma: DmaApi;
  readonly canaryDma: DmaApi;
  /** The way of a driver from outside to report its loads and stores. */
  readonly access: ReportedAccess;
};

export interface Queues {
  /** Null where the driver from outside has no such layout. */
  readonly split: DriverQueue | null;
  readonly packed: DriverQueue | null;
  readonly canary: SplitQueue;
}

/** @param foreign the driver under test where it is not our own. */
export function makeQueues(caseFile: CaseFile, services: Services, foreign: ForeignDriver | null): Queues {
  const onInterrupt = (): void => {
    caseFile.callbacks++;
  };
  const { dma, canaryDma, access } = services;
  const platform = platformWith(caseFile, services, dma);
  const canary = new SplitQueue(platformWith(caseFile, services, canaryDma), onInterrupt);
  if (foreign === null) {
    return { split: new SplitQueue(platform, onInterrupt), packed: new PackedQueue(platform, onInterrupt), canary };
  }
  const queues = foreign.module.createQueues({ ...platform, access }, onInterrupt);
  const callEnd = {
    settle: (): void => {
      raiseAgain();
      access.settle();
    },
  };
  return { ...foreignQueues(foreign, queues, callEnd), canary };
}

/** What the device does in the middle of a call comes after the stores that the driver reported before. */
export function settledMoments(moments: DmaMoments, settle: () => void): DmaMoments {
  return {
    afterMap: (): void => {
      settle();
      moments.afterMap();
    },
    beforeUnmap: (): void => {
      settle();
      moments.beforeUnmap();
    },
  };
}

function platformWith(caseFile: CaseFile, { memory, allocator, transport }: Services, dma: DmaApi): Platform {
  return {
    memory,
    dma,
    allocator,
    transport,
    panic(reason: string): never {
      failPanic(reason);
      throw new DriverStopped(reason);
    },
    warn: (reason: string): void => {
      checkWarning(caseFile, reason);
    },
    outOfBounds(table: string, index: number, length: number): never {
      failIndex(table, index, length);
      throw new DriverStopped(`index ${index} into ${table} of ${length}`);
    },
  };
}
