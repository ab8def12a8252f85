// Two drivers, one scenario, the same device: what they ask of the platform and tell their client must be the same. Which of
// the two is wrong the comparison does not say; the other oracles, which judge each run by itself, saw nothing wrong.

import { fail, type OracleInfo } from './oracle.js';

export const driverDivergence: OracleInfo = {
  id: 'driver-divergence',
  claim: 'the driver does what the hardened driver does with the same calls and the same device',
  source: 'virtio-ring facts 2.1 to 2.8; docs/linux.md, "The differential target"',
  severity: 'medium',
  cwe: 439,
};

/** One thing that a driver did, in words: `map 8 bytes FROM_DEVICE`. */
export interface Deed {
  readonly text: string;
  /** What differs when this is not the same: part of the bucket. */
  readonly kind: string;
}

/** `call` is the call in progress, by its name. */
export function failDriverDivergence(call: string, expected: Deed, got: Deed): void {
  const shape = expected.kind === got.kind ? expected.kind : `${expected.kind} against ${got.kind}`;
  fail(driverDivergence, shape, {
    expected: { 'hardened driver': expected.text },
    got: { 'this driver': got.text, during: call },
    blame: { layer: 'shared', function: call },
  });
}
