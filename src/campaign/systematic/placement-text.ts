// A placement as text and back: what `--only` takes, and what the sidecar of a finding holds that its bytes alone do not
// repeat. Places are counted, so the text means the same for the same bytes on any machine.

import { FAILURE_NAMES, type FailureKind } from '../../platform/failures.js';
import type { PlacedFailure, PlacedWrite, Placement, RacePlace } from '../../world/placement.js';

/** What `--only` takes for the input as it is. */
export const NO_CHOICE = 'none';

/** `map:3`. */
export const FAILURE_TEXT = /^(?<name>[a-z-]+):(?<number>\d+)$/;
/** `17=0x9` for a load, `unmap:4:desc[2].len=0x9` for a moment. */
export const WRITE_TEXT = /^(?:(?<at>map|unmap):)?(?<number>\d+)(?::(?<field>[^=]+))?=(?<value>0x[\da-f]+|\d+)$/i;

/** The placement that the text describes, with the epilogue; null where it describes none. */
export function placementOfText(text: string): Placement | null {
  if (text === NO_CHOICE) return { epilogue: true };
  const failures: PlacedFailure[] = [];
  const writes: PlacedWrite[] = [];
  for (const part of text.split(',')) {
    const failure = failureOf(part);
    const write = writeOf(part);
    if (failure !== null) failures.push(failure);
    else if (write !== null) writes.push(write);
    else return null;
  }
  return {
    epilogue: true,
    ...(failures.length === 0 ? {} : { failures }),
    ...(writes.length === 0 ? {} : { writes }),
  };
}

function failureOf(text: string): PlacedFailure | null {
  const { name = '', number = '' } = FAILURE_TEXT.exec(text)?.groups ?? {};
  const kind = FAILURE_NAMES.indexOf(name);
  return kind < 0 ? null : { kind: kind as FailureKind, attempt: Number(number) };
}

function writeOf(text: string): PlacedWrite | null {
  const { at, number, field, value } = WRITE_TEXT.exec(text)?.groups ?? {};
  if (number === undefined || value === undefined || (at === undefined) !== (field === undefined)) return null;
  if (!Number.isSafeInteger(Number(value))) return null;
  return { at: (at ?? 'load') as RacePlace, number: Number(number), field: field ?? null, value: Number(value) };
}
