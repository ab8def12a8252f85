// A configuration made to fit a driver that cannot do all of it: what it lacks is left out, the same way each time, so that
// every input of a corpus runs on every driver.

import type { DriverFeatures, RingLayout } from '../platform/driver-module.js';
import type { Configuration } from './configuration.js';

/** Takes out of `config` what the driver does not have. */
export function fitConfiguration(config: Configuration, features: DriverFeatures): void {
  if (!features.layouts.includes(layoutOf(config))) {
    config.packed = !config.packed;
    // Packed rings have any size, split ones a power of two.
    if (!config.packed) config.num = 2 ** Math.floor(Math.log2(config.num));
  }
  config.indirect &&= features.indirect;
  config.eventIndex &&= features.eventIndex;
  config.context &&= features.context !== false;
  config.inOrder &&= features.inOrder.includes(layoutOf(config));
  config.resettable &&= features.reset || features.resize;
  config.callback ||= !features.withoutCallback;
  if (config.backEnd === 'none' && !features.withoutDmaApi) {
    config.backEnd = 'direct';
    config.useDmaApi = true;
  }
}

function layoutOf({ packed }: Configuration): RingLayout {
  return packed ? 'packed' : 'split';
}
