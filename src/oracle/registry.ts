// All oracles, in the order in which docs and reports list them.

import { bounceMismatch } from './bounce-mismatch.js';
import { disclosure } from './disclosure.js';
import { doubleFetch } from './double-fetch.js';
import { doubleUnmap } from './double-unmap.js';
import { driverDivergence } from './driver-divergence.js';
import { earlyUnmap } from './early-unmap.js';
import { errno } from './errno.js';
import { failedAddState } from './failed-add-state.js';
import { freeList } from './free-list.js';
import { heap } from './heap.js';
import { layoutDivergence } from './layout-divergence.js';
import { length } from './length.js';
import { liveness } from './liveness.js';
import { mappingLeak } from './mapping-leak.js';
import { notification } from './notification.js';
import type { OracleInfo } from './oracle.js';
import { outOfBounds } from './out-of-bounds.js';
import { panic } from './panic.js';
import { premature } from './premature.js';
import { reach } from './reach.js';
import { readOnlyData } from './read-only-data.js';
import { ringPublish } from './ring-publish.js';
import { staleBytes } from './stale-bytes.js';
import { teardown } from './teardown.js';
import { token } from './token.js';
import { unknownUnmap } from './unknown-unmap.js';
import { unmapMismatch } from './unmap-mismatch.js';
import { untrustedRead } from './untrusted-read.js';

export type { OracleInfo } from './oracle.js';

export const ORACLES: readonly OracleInfo[] = [
  unmapMismatch,
  doubleUnmap,
  unknownUnmap,
  earlyUnmap,
  bounceMismatch,
  mappingLeak,
  failedAddState,
  heap,
  readOnlyData,
  staleBytes,
  disclosure,
  untrustedRead,
  doubleFetch,
  freeList,
  token,
  premature,
  length,
  ringPublish,
  notification,
  errno,
  panic,
  outOfBounds,
  liveness,
  reach,
  teardown,
  layoutDivergence,
  driverDivergence,
];
