// The hardened driver behind the seam of drivers from outside, with no more features than another one has: the two can then
// run the same scenario.

import { PackedQueue } from '../driver/packed-queue.js';
import { SplitQueue } from '../driver/split-queue.js';
import { DRIVER_API_VERSION, type DriverModule, type ForeignDriver } from '../platform/driver-module.js';
import { framesOf } from './driver-site.js';

/** With the features and rules of `other`. */
export function hardenedDriverLike({ module: other }: ForeignDriver): ForeignDriver {
  const module: DriverModule = {
    apiVersion: DRIVER_API_VERSION,
    name: 'hardened',
    version: 'of this vringfuzz',
    features: other.features,
    semantics: other.semantics,
    createQueues: (platform, onInterrupt) => ({
      split: new SplitQueue(platform, onInterrupt),
      packed: new PackedQueue(platform, onInterrupt),
    }),
  };
  return {
    module,
    identity: { name: module.name, version: module.version, source: 'vringfuzz', sha256: '0'.repeat(64) },
    frames: (stack) => framesOf(stack).filter(({ layer }) => layer === 'driver'),
  };
}
