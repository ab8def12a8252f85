// The claims about all seeds that have a claim to make.

import { BOUNCE_CLAIMS } from './bounce-claims.js';
import type { Claims } from './claim.js';
import { FAILING_CLAIMS } from './failing-claims.js';
import { familyClaims } from './family-claims.js';
import { PACKED_CLAIMS } from './packed-claims.js';
import { SPLIT_CLAIMS } from './split-claims.js';
import { VDUSE_CLAIMS } from './vduse-claims.js';

export const CLAIMS: Claims = {
  ...SPLIT_CLAIMS,
  ...PACKED_CLAIMS,
  ...BOUNCE_CLAIMS,
  ...FAILING_CLAIMS,
  ...VDUSE_CLAIMS,
  ...familyClaims(),
};
