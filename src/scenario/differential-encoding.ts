// Headers of differential inputs and steps of scripts by their parts, for seeds and tests.

import { ringSize } from './configuration.js';
import {
  DIFFERENTIAL_PLATFORMS,
  EVENT_INDEX,
  IN_ORDER,
  INDIRECT,
  PACKED,
  PAGE_ALIGNED,
  PLATFORM_SHIFT,
  type Platform,
  scriptSizeByte,
} from './differential.js';
import type { Step } from './scenario.js';

/** One configuration beside the reference, by what it has that the reference lacks. */
export interface Further {
  readonly packed?: boolean;
  readonly indirect?: boolean;
  readonly eventIndex?: boolean;
  readonly inOrder?: boolean;
  /** The used ring of a split ring begins on a page of its own. */
  readonly pageAligned?: boolean;
  /** Another back end than `direct`. */
  readonly platform?: Partial<Platform>;
}

/** What a differential header says. */
export interface DifferentialHeader {
  readonly num: number;
  readonly context?: boolean;
  readonly callback?: boolean;
  readonly resettable?: boolean;
  readonly kicksOff?: boolean;
  readonly inOrder?: boolean;
  readonly overfill?: boolean;
  /** One or two; with `more` the third and the fourth as well, which follow from these. */
  readonly further: readonly [Further, Further?];
  readonly more?: 0 | 1 | 2;
}

/** Header bytes; the inverse of decodeCompared. Throws a RangeError for what no header says. */
export function encodeDifferential(header: DifferentialHeader): Uint8Array {
  const [first, second] = header.further;
  const more = header.more ?? 0;
  if (more > 0 && second === undefined) throw new RangeError('a third configuration needs a second one');
  const count = (second === undefined ? 1 : 2) + more;
  const shared =
    (header.context === true ? 1 : 0) |
    (header.callback === false ? 2 : 0) |
    (header.resettable === false ? 4 : 0) |
    (header.kicksOff === true ? 8 : 0) |
    (header.inOrder === true ? 16 : 0) |
    ((count - 1) << 5) |
    (header.overfill === true ? 128 : 0);
  return Uint8Array.of(shared, scriptSizeByte(header.num), furtherByte(first), furtherByte(second ?? {}));
}

function furtherByte(further: Further): number {
  const { backEnd = 'direct', minAlignMask = 0, allocAlignMask = 0 } = further.platform ?? {};
  const platform = DIFFERENTIAL_PLATFORMS.findIndex(
    (each) => each.backEnd === backEnd && each.minAlignMask === minAlignMask && each.allocAlignMask === allocAlignMask,
  );
  if (platform < 0) throw new RangeError(`no header means ${backEnd} with these alignments`);
  return (
    (further.packed === true ? PACKED : 0) |
    (further.indirect === true ? INDIRECT : 0) |
    (further.eventIndex === true ? EVENT_INDEX : 0) |
    (further.inOrder === true ? IN_ORDER : 0) |
    (platform << PLATFORM_SHIFT) |
    (further.pageAligned === true ? PAGE_ALIGNED : 0)
  );
}

/** A step as a builder of split rings makes it, in the bytes of a script. */
export function encodeScriptStep(step: Step): Step {
  if (step.operation !== 'resize' || step.b !== 0) return step;
  return { ...step, a: scriptSizeByte(ringSize(false, step.a)) };
}
