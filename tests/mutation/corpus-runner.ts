// The test runner that Stryker asks about each mutant. The build is loaded anew for every one of them: a mutant can leave
// traces in the pooled world that a later one would be blamed for.

import { resolve } from 'node:path';

import { ActiveMutant } from './active-mutant.js';
import { type Killer, type KillerKind, Killers, LOAD_ID, kindOf, storedInputs } from './killers.js';
import type { DryRunResult, MutantRunOptions, MutantRunResult, TestResult, TestRunner } from './stryker-api.js';

/** Where the build command of stryker.config.mjs compiles to. */
const BUILD = 'dist';

/** Steps that one test of each kind may take. */
const STEP_BUDGETS: Readonly<Record<KillerKind, number>> = {
  load: 10_000_000,
  corpus: 10_000_000,
  honest: 30_000_000,
  order: 100_000_000,
  unit: 100_000_000,
};

/** The longest test of the unchanged driver must be so many times shorter than its budget. */
const SPARE = 10;

class CorpusRunner implements TestRunner {
  private readonly mutant = new ActiveMutant();
  private readonly killers = new Killers(resolve(BUILD), storedInputs(resolve('corpus')));

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  /** Every test on the driver as it is: what it reaches, and that it passes with steps to spare. */
  async dryRun(): Promise<DryRunResult> {
    const { mutant } = this;
    const { coverage } = mutant;
    mutant.set(undefined);
    const tests: TestResult[] = [];
    for (const killer of [...this.killers.loadOracles(), ...this.killers.loadUnits()]) {
      const budget = budgetOf(killer.id);
      mutant.begin(killer.id, budget);
      const start = performance.now();
      const failure = await outcomeOf(killer);
      const timeSpentMs = performance.now() - start;
      const spare = mutant.steps * SPARE < budget ? null : `needs ${mutant.steps} steps of ${budget}`;
      const failureMessage = failure ?? spare;
      const base = { id: killer.id, name: killer.id, timeSpentMs };
      tests.push(failureMessage === null ? { ...base, status: 0 } : { ...base, status: 1, failureMessage });
    }
    mutant.begin(null, STEP_BUDGETS.load);
    return { status: 'complete', tests, mutantCoverage: coverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter }: MutantRunOptions): Promise<MutantRunResult> {
    const { mutant } = this;
    const wanted = testFilter === undefined ? null : new Set(testFilter);
    mutant.set(mutantActivation === 'static' ? activeMutant.id : undefined);
    const oracles = this.load(LOAD_ID, () => this.killers.loadOracles());
    if ('status' in oracles) return oracles;
    mutant.set(activeMutant.id);
    const byOracle = await this.firstKill(oracles.killers, wanted);
    if (byOracle !== null) return byOracle;
    // Loaded only now, since most mutants are dead by then.
    const units = this.load('unit: all modules', () => this.killers.loadUnits());
    if ('status' in units) return units;
    return (await this.firstKill(units.killers, wanted)) ?? { status: 'survived', nrOfTests: wanted?.size ?? 0 };
  }

  /** What loading gives, or how it failed. */
  private load(
    id: string,
    loading: () => readonly Killer[],
  ): { readonly killers: readonly Killer[] } | MutantRunResult {
    this.mutant.begin(null, STEP_BUDGETS.load);
    try {
      return { killers: loading() };
    } catch (error) {
      return this.mutant.exhausted ? hang(id) : kill(id, messageOf(error));
    }
  }

  /** The first of these tests that fails or does not end, or null. */
  private async firstKill(
    killers: readonly Killer[],
    wanted: ReadonlySet<string> | null,
  ): Promise<MutantRunResult | null> {
    for (const killer of killers) {
      if (wanted !== null && !wanted.has(killer.id)) continue;
      this.mutant.begin(killer.id, budgetOf(killer.id));
      const failureMessage = await outcomeOf(killer);
      if (this.mutant.exhausted) return hang(killer.id);
      if (failureMessage !== null) return kill(killer.id, failureMessage);
    }
    return null;
  }
}

function kill(id: string, failureMessage: string): MutantRunResult {
  return { status: 'killed', killedBy: [id], failureMessage, nrOfTests: 1 };
}

function hang(id: string): MutantRunResult {
  return { status: 'timeout', reason: `no end of ${id}` };
}

function budgetOf(id: string): number {
  return STEP_BUDGETS[kindOf(id)];
}

async function outcomeOf(killer: Killer): Promise<string | null> {
  try {
    return await killer.run();
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function createRunner(): CorpusRunner {
  return new CorpusRunner();
}
createRunner.inject = [] as const;

export const strykerPlugins = [{ kind: 'TestRunner', name: 'corpus', factory: createRunner }];
