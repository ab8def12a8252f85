// The question that minimising asks again and again: does this input still end in the same bucket? Remembers every
// answer, so that a search that was interrupted can be repeated from its beginning and takes the same way, and counts
// them, so that it ends.

/** Thrown when no more trials may be made: the best input so far is the result. */
export class BudgetSpent extends Error {}

export interface TrialBudget {
  readonly trials: number;
  /** Milliseconds of the system's clock (Date.now). */
  readonly deadline: number;
}

export class Trials {
  /** Executions made. */
  count = 0;
  /** The last input that kept the bucket. */
  best: Uint8Array;
  private readonly answers = new Map<string, boolean>();
  private pending: { readonly key: string; readonly since: number } | null = null;

  constructor(
    original: Uint8Array,
    /** Runs one input and says whether it ends as the original does. */
    private readonly judge: (bytes: Uint8Array) => boolean,
    private readonly budget: TrialBudget,
  ) {
    this.best = original;
    this.answers.set(keyOf(original), true);
  }

  /** Whether the input ends in the same bucket. Throws BudgetSpent. */
  keeps(bytes: Uint8Array): boolean {
    const key = keyOf(bytes);
    const answer = this.answers.get(key) ?? this.ask(key, bytes);
    if (answer) this.best = bytes;
    return answer;
  }

  /**
   * The execution in progress was stopped. `hangs` answers for it, unless it had just begun: then it will be asked again.
   * `enough` is the time in milliseconds after which an execution counts as one that does not end.
   */
  interrupted(enough: number, hangs: boolean): void {
    if (this.pending !== null && Date.now() - this.pending.since >= enough) this.answers.set(this.pending.key, hangs);
    this.pending = null;
  }

  private ask(key: string, bytes: Uint8Array): boolean {
    const now = Date.now();
    if (this.count >= this.budget.trials || now >= this.budget.deadline) throw new BudgetSpent();
    this.count++;
    this.pending = { key, since: now };
    const answer = this.judge(bytes);
    this.pending = null;
    this.answers.set(key, answer);
    return answer;
  }
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
