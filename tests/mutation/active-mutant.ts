// The switch of the instrumented build. Every place that can be mutated asks which mutant is active; the answer is counted,
// so that a mutant that loops for ever ends after a number of steps and not after some time: the same tree, the same score.

import type { InstrumenterContext, MutantCoverage } from './stryker-api.js';

/** Thrown in the middle of the code under test, where the budget of a test is used up. */
export class BudgetExceeded extends Error {
  constructor() {
    super('the step budget is used up');
  }
}

export class ActiveMutant {
  /** Questions since begin(). */
  steps = 0;
  private budget = Infinity;
  private id: string | undefined = undefined;
  private readonly context: InstrumenterContext;

  constructor() {
    const global = globalThis as { __stryker__?: InstrumenterContext };
    this.context = global.__stryker__ ??= {};
    Object.defineProperty(this.context, 'activeMutant', {
      configurable: true,
      get: () => {
        if (++this.steps > this.budget) throw new BudgetExceeded();
        return this.id;
      },
    });
  }

  set(id: string | undefined): void {
    this.id = id;
  }

  /** A test begins, of so many steps at most; null: what runs now belongs to none. */
  begin(test: string | null, budget: number): void {
    this.steps = 0;
    this.budget = budget;
    this.context.currentTestId = test ?? undefined;
  }

  get exhausted(): boolean {
    return this.steps > this.budget;
  }

  get coverage(): MutantCoverage {
    return (this.context.mutantCoverage ??= { static: {}, perTest: {} });
  }
}
