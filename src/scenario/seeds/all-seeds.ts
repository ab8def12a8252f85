// Every seed, in the order in which the manifest lists them.

import { ADDRESS_SPACE } from './address-space.js';
import { BOUNCE_CONTENTS } from './bounce-contents.js';
import { BOUNCE_SLOTS } from './bounce-slots.js';
import { DIFFERENTIAL } from './differential.js';
import { FAILING_MAPS } from './failing-maps.js';
import { FAILING_SERVICES } from './failing-services.js';
import { IN_ORDER } from './in-order.js';
import { PACKED_LIFE } from './packed-life.js';
import { PACKED_NOTIFICATION } from './packed-notification.js';
import { PACKED_RACES } from './packed-races.js';
import { PACKED_TRAFFIC } from './packed-traffic.js';
import { PACKED_USED } from './packed-used.js';
import { PACKED_WINDOWS } from './packed-windows.js';
import { RAW_RINGS } from './raw-rings.js';
import type { Seed } from './seed.js';
import { SELDOM_TAKEN } from './seldom-taken.js';
import { SPLIT_LIFE } from './split-life.js';
import { SPLIT_METADATA } from './split-metadata.js';
import { SPLIT_NEXT_FLAG } from './split-next-flag.js';
import { SPLIT_NOTIFICATION } from './split-notification.js';
import { SPLIT_RACES } from './split-races.js';
import { SPLIT_TRAFFIC } from './split-traffic.js';
import { SPLIT_USED_RING } from './split-used-ring.js';
import { VDUSE_PAGES } from './vduse-pages.js';
import { VDUSE_RINGS } from './vduse-rings.js';

export const SEEDS: readonly Seed[] = [
  ...SPLIT_TRAFFIC,
  ...SPLIT_NOTIFICATION,
  ...SPLIT_LIFE,
  ...SPLIT_NEXT_FLAG,
  ...SPLIT_METADATA,
  ...SPLIT_USED_RING,
  ...SPLIT_RACES,
  ...PACKED_TRAFFIC,
  ...PACKED_NOTIFICATION,
  ...PACKED_LIFE,
  ...PACKED_WINDOWS,
  ...PACKED_USED,
  ...PACKED_RACES,
  ...IN_ORDER,
  ...BOUNCE_CONTENTS,
  ...BOUNCE_SLOTS,
  ...FAILING_MAPS,
  ...FAILING_SERVICES,
  ...RAW_RINGS,
  ...DIFFERENTIAL,
  ...VDUSE_PAGES,
  ...VDUSE_RINGS,
  ...ADDRESS_SPACE,
  ...SELDOM_TAKEN,
];
