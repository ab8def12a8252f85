// One script, several configurations, an honest device: the client must be told the same everywhere. Which of two answers
// is the wrong one, the comparison does not say; the other oracles, which judge each run by itself, saw nothing wrong.

import { CALL_ADD, CALL_CREATE, CALL_INTERRUPT, CALL_NAMES, CALL_RESET, CALL_RESIZE } from './calls.js';
import { IRQ_HANDLED } from '../platform/ring-driver.js';
import { errnoName } from '../spec/errno.js';
import type { Numbers } from '../verdict/verdict.js';
import { fail, type OracleInfo } from './oracle.js';

export const layoutDivergence: OracleInfo = {
  id: 'layout-divergence',
  claim: 'with an honest device the same script gives the same tokens, lengths and data in every configuration',
  source: 'virtio-v1.4 2.6 to 2.8, 2.7.5.3, 2.8.7; virtio-ring facts 2.3 to 2.8; docs/differential.md',
  severity: 'medium',
  cwe: 439,
};

/** The two configurations, in words. Asked for only when there is something to say. */
export interface Compared {
  readonly reference: () => string;
  readonly other: () => string;
}

/** What the two were told; each names its configuration. `call` is the call that was answered. */
export function failDivergence(
  call: number,
  shape: string,
  compared: Compared,
  told: { readonly expected: Numbers; readonly got: Numbers },
): void {
  fail(layoutDivergence, shape, {
    expected: { configuration: compared.reference(), ...told.expected },
    got: { configuration: compared.other(), ...told.got },
    blame: { layer: 'shared', function: CALL_NAMES[call] ?? '' },
  });
}

/** A result as people know it. */
export function resultText(call: number, result: number): string {
  switch (call) {
    case CALL_CREATE:
    case CALL_ADD:
    case CALL_RESET:
    case CALL_RESIZE:
      return errnoName(result);
    case CALL_INTERRUPT:
      return result === IRQ_HANDLED ? 'IRQ_HANDLED' : 'IRQ_NONE';
    default:
      return result === 0 ? 'false' : 'true';
  }
}
