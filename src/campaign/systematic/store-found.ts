// Stores what a systematic search found as a campaign stores its findings: one input of each bucket. Where bytes alone can
// say what was done to the input, those bytes are stored, and every command takes them for what they are. Where they cannot,
// the input is stored as it is, and its sidecar names the placement.

import { writeCrash } from '../crashes/crash-store.js';
import { hangFinding, harnessBugFinding } from '../crashes/harness-bug.js';
import type { Builds } from '../bugs/builds.js';
import { HANG_LIMIT } from '../replay/replay.js';
import type { ReplayInput } from '../replay/replay-inputs.js';
import { asInputs } from './as-input.js';
import { type Choice, placementOf, textOf } from './choice.js';
import type { FoundBucket } from './explore.js';
import type { Placement, PlacementLog } from '../../world/placement.js';
import type { Finding } from '../../verdict/verdict.js';
import type { Trace } from '../../verdict/trace.js';
import { type Outcome, type TrialInput, Trials } from './trials.js';

export interface StoredFound {
  /** The input. */
  readonly file: string;
  /** What it needs besides its bytes; null where they are enough. */
  readonly placement: string | null;
}

/** Of all inputs of one search: no oracle is silenced in it. */
export class FoundStore {
  private readonly stored = new Map<string, StoredFound>();

  constructor(
    private readonly builds: Builds,
    /** Folder of findings. */
    private readonly crashes: string,
  ) {}

  /**
   * Stores the first input of a bucket, and one more where the first needs a placement and this one does not. Returns what
   * stands for the bucket. Throws EnvironmentError.
   */
  put(input: ReplayInput, found: FoundBucket): StoredFound {
    const key = `${input.target} ${found.bucket}`;
    const known = this.stored.get(key);
    if (known?.placement === null) return known;
    const trials = new Trials(this.builds, input.bug, { silenced: [] });
    const given = trials.inputOf(input);
    const bytes = found.kind === 'finding' ? ownBytes(trials, given, found) : null;
    if (known !== undefined && bytes === null) return known;
    const placement = bytes === null ? textOf(found.first) : null;
    const stored = { file: this.write(trials, { ...given, bytes: bytes ?? given.bytes }, found, placement), placement };
    this.stored.set(key, stored);
    return stored;
  }

  private write(trials: Trials, input: TrialInput, found: FoundBucket, placement: string | null): string {
    const { finding, trace } = shown(trials, input, found, placement === null ? {} : placementOf(found.first));
    const { file } = writeCrash({
      directory: this.crashes,
      target: input.target.name,
      bytes: input.bytes,
      ...{ finding, trace, bug: trials.bug, seed: null },
      placement: placement ?? undefined,
    });
    return file;
  }
}

/** Bytes that end in the bucket without any placement, or null. */
function ownBytes(trials: Trials, input: TrialInput, { first, bucket }: FoundBucket): Uint8Array | null {
  const candidates = asInputs(input, first, logOf(trials, input, first));
  return candidates.find((bytes) => bucketOf(trials, { ...input, bytes }) === bucket) ?? null;
}

function bucketOf(trials: Trials, input: TrialInput): string | null {
  const outcomes: Outcome[] = [];
  trials.run(input, [{}], (outcome) => outcomes.push(outcome));
  const [outcome] = outcomes;
  return outcome?.kind === 'finding' ? outcome.finding.bucket : null;
}

function logOf(trials: Trials, input: TrialInput, choices: readonly Choice[]): PlacementLog {
  const races = choices.some(({ write }) => write !== undefined);
  const log: PlacementLog = { failures: [], ...(races ? { races: [] } : {}) };
  trials.run(input, [{ ...placementOf(choices), log }], () => undefined);
  return log;
}

/** The finding as the stored input shows it, with its trace where there is one. */
function shown(
  trials: Trials,
  input: TrialInput,
  found: FoundBucket,
  placement: Placement,
): { readonly finding: Finding; readonly trace: Trace | null } {
  if (found.kind === 'hang') return { finding: hangFinding(HANG_LIMIT / 1000), trace: null };
  const outcome = trials.traced(input, placement);
  const trace = outcome === 'hang' ? null : outcome.trace;
  if (outcome !== 'hang' && outcome.verdict.kind === 'finding') return { finding: outcome.verdict.finding, trace };
  return { finding: found.finding ?? harnessBugFinding(found.message), trace };
}
