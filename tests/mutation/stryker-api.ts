// The part of Stryker's plugin interface that the runner uses, written down because the package publishes its types for ES
// modules only and this project compiles to CommonJS. Checked against @stryker-mutator/api 9.6.1.

export interface Mutant {
  readonly id: string;
}

/** How often each mutant was reached, by its id. */
export type Hits = Record<string, number>;

/** `static`: while the modules were loaded; `perTest`: by test id. */
export interface MutantCoverage {
  static: Hits;
  perTest: Record<string, Hits>;
}

/** What the instrumented files share, as a property of globalThis. */
export interface InstrumenterContext {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: MutantCoverage | undefined;
}

export interface MutantRunOptions {
  /** Ids of the tests that reach the mutant; absent where it is reached while the modules load. */
  readonly testFilter?: readonly string[];
  readonly activeMutant: Mutant;
  readonly mutantActivation: 'runtime' | 'static';
}

/** Values of TestStatus: 0 success, 1 failed. */
export interface TestResult {
  readonly id: string;
  readonly name: string;
  readonly timeSpentMs: number;
  readonly status: 0 | 1;
  readonly failureMessage?: string;
}

export type DryRunResult =
  | { readonly status: 'complete'; readonly tests: readonly TestResult[]; readonly mutantCoverage: MutantCoverage }
  | { readonly status: 'error'; readonly errorMessage: string };

export type MutantRunResult =
  | {
      readonly status: 'killed';
      readonly killedBy: readonly string[];
      readonly failureMessage: string;
      readonly nrOfTests: number;
    }
  | { readonly status: 'survived'; readonly nrOfTests: number }
  | { readonly status: 'timeout'; readonly reason: string };

export interface TestRunner {
  capabilities(): { readonly reloadEnvironment: boolean };
  dryRun(): Promise<DryRunResult>;
  mutantRun(options: MutantRunOptions): Promise<MutantRunResult>;
}
