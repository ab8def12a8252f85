// Tries every choice that an input offers, alone and in pairs, and keeps the first of each bucket. What comes after a
// choice is asked of the very execution in which it was made, so that a fallback's own attempts are tried as well.

import type { Finding } from '../../verdict/verdict.js';
import type { PlacementLog } from '../../world/placement.js';
import { type Choice, placementOf } from './choice.js';
import type { Strategy } from './strategy.js';
import type { TrialInput, Trials } from './trials.js';

export interface ExploreOptions {
  readonly pairs: boolean;
  /** Most executions besides that of the input as it is; null for all. */
  readonly limit: number | null;
  /** Told now and then how far it is. */
  readonly progress: (done: number, of: number) => void;
}

/** How many of the choices were tried. */
export interface Tried {
  readonly tried: number;
  readonly of: number;
}

export interface FoundBucket {
  readonly kind: 'finding' | 'harness-bug' | 'hang';
  /** Bucket of a finding; else its kind. */
  readonly bucket: string;
  readonly finding: Finding | null;
  /** What a harness bug says of itself. */
  readonly message: string;
  /** Empty where the input fails as it is. */
  readonly first: readonly Choice[];
  /** Executions that ended in it. */
  count: number;
}

export interface Exploration {
  /** Of the input as it is. */
  readonly log: PlacementLog;
  /** Places at which the device could act, by kind; empty in a search for failures. */
  readonly places: ReadonlyMap<string, number>;
  readonly singles: Tried;
  /** Null where none were asked for. */
  readonly pairs: Tried | null;
  /** Executions with one choice, by group. */
  readonly groups: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly found: readonly FoundBucket[];
}

export function explore(trials: Trials, input: TrialInput, strategy: Strategy, options: ExploreOptions): Exploration {
  return new Search(trials, input, strategy, options).run();
}

class Search {
  private readonly found = new Map<string, FoundBucket>();
  private readonly groups = new Map<string, number>();
  private runs = 0;
  private total = 1;

  constructor(
    private readonly trials: Trials,
    private readonly input: TrialInput,
    private readonly strategy: Strategy,
    private readonly options: ExploreOptions,
  ) {}

  run(): Exploration {
    const { strategy, options } = this;
    const log = strategy.newLog();
    this.tryAll([[]], log);
    const choices = strategy.choices(log, []);
    const singles = chosen(choices, options.limit);
    this.total += singles.length;
    const rooms = this.trySingles(singles);
    const pairs = options.pairs ? this.tryPairs(singles, rooms) : null;
    return {
      log,
      places: strategy.places(log),
      singles: { tried: singles.length, of: choices.length },
      pairs,
      groups: this.groups,
      runs: this.runs,
      found: [...this.found.values()],
    };
  }

  /** For each first choice how many there are to follow it; zeros where nobody asks. */
  private trySingles(singles: readonly Choice[]): readonly number[] {
    const { strategy, options } = this;
    for (const choice of singles) {
      this.groups.set(choice.group, (this.groups.get(choice.group) ?? 0) + 1);
    }
    if (!options.pairs) {
      this.tryAll(singles.map((choice) => [choice]));
      return [];
    }
    return singles.map((choice) => {
      const log = strategy.newLog();
      this.tryAll([[choice]], log);
      return strategy.choices(log, [choice]).length;
    });
  }

  private tryPairs(singles: readonly Choice[], rooms: readonly number[]): Tried {
    const of = rooms.reduce((sum, room) => sum + room, 0);
    const { limit } = this.options;
    const budget = limit === null ? of : Math.min(of, Math.max(0, limit - singles.length));
    this.total += budget;
    let before = 0;
    singles.forEach((first, k) => {
      const room = rooms[k] ?? 0;
      const from = before;
      before += room;
      if (countSelected(from, before, budget, of) === 0) return;
      const seconds = this.choicesAfter(first).filter((_, index) => isSelected(from + index, budget, of));
      this.tryAll(seconds.map((second) => [first, second]));
    });
    return { tried: budget, of };
  }

  /** Asked again, and not kept from before: thousands of lists are a lot of memory. */
  private choicesAfter(first: Choice): readonly Choice[] {
    const log = this.strategy.newLog();
    this.trials.run(this.input, [{ ...placementOf([first]), log }], () => undefined);
    return this.strategy.choices(log, [first]);
  }

  private tryAll(lists: readonly (readonly Choice[])[], log?: PlacementLog): void {
    const placements = lists.map((list) => (log === undefined ? placementOf(list) : { ...placementOf(list), log }));
    this.trials.run(this.input, placements, (outcome, index) => {
      this.runs++;
      if ((this.runs & 255) === 0) this.options.progress(this.runs, this.total);
      if (outcome.kind === 'ok') return;
      const bucket = outcome.kind === 'finding' ? outcome.finding.bucket : outcome.kind;
      const known = this.found.get(bucket);
      if (known !== undefined) {
        known.count++;
        return;
      }
      const finding = outcome.kind === 'finding' ? outcome.finding : null;
      const message = outcome.kind === 'harness-bug' ? outcome.message : '';
      this.found.set(bucket, { kind: outcome.kind, bucket, finding, message, first: lists[index] ?? [], count: 1 });
    });
  }
}

/** Spread evenly: the first so many would all be about the first place. */
function chosen(choices: readonly Choice[], limit: number | null): readonly Choice[] {
  if (limit === null || choices.length <= limit) return choices;
  return choices.filter((_, index) => isSelected(index, limit, choices.length));
}

function isSelected(index: number, budget: number, of: number): boolean {
  return countSelected(index, index + 1, budget, of) > 0;
}

/** How many of the places `from` .. `to` - 1 are among `budget` spread over `of`. */
function countSelected(from: number, to: number, budget: number, of: number): number {
  if (of === 0) return 0;
  return Math.floor((to * budget) / of) - Math.floor((from * budget) / of);
}
