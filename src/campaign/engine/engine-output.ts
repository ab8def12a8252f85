// Reads what libFuzzer prints on stderr: progress lines such as
//   #8192  NEW    cov: 640 ft: 2272 corp: 607/71Kb lim: 132 exec/s: 16384 rss: 154Mb L: 12/132 MS: 1 ChangeBit-
// and, at the end, `stat::` lines. Fields that are missing or that it does not know are left as they were.

/** Where a run stands. */
export interface EngineStatus {
  readonly executions: number;
  /** libFuzzer's own rate since its start, in whole seconds: 0 during the first one. */
  readonly executionsPerSecond: number;
  /** Code edges and state counters together: libFuzzer does not tell them apart. */
  readonly coverage: number;
  readonly features: number;
  /** Inputs in the corpus. */
  readonly corpus: number;
  /** Memory of the process in megabytes. */
  readonly memory: number;
}

export const NO_STATUS: EngineStatus = Object.freeze({
  executions: 0,
  executionsPerSecond: 0,
  coverage: 0,
  features: 0,
  corpus: 0,
  memory: 0,
});

const PROGRESS = /^#(\d+)\s+[A-Za-z]+\b/;
const FIELDS: readonly (readonly [keyof EngineStatus, RegExp])[] = [
  ['coverage', /\bcov: (\d+)/],
  ['features', /\bft: (\d+)/],
  ['corpus', /\bcorp: (\d+)/],
  ['executionsPerSecond', /\bexec\/s: (\d+)/],
  ['memory', /\brss: (\d+)Mb/],
];
const STATISTICS: ReadonlyMap<string, keyof EngineStatus> = new Map([
  ['number_of_executed_units', 'executions'],
  ['average_exec_per_sec', 'executionsPerSecond'],
  ['peak_rss_mb', 'memory'],
]);

/** The status after one more line, or null when the line says nothing about it. */
export function readStatusLine(line: string, status: EngineStatus): EngineStatus | null {
  const progress = PROGRESS.exec(line);
  if (progress !== null) {
    const next: Record<keyof EngineStatus, number> = { ...status, executions: Number(progress[1]) };
    for (const [name, pattern] of FIELDS) {
      const match = pattern.exec(line);
      if (match !== null) {
        next[name] = Number(match[1]);
      }
    }
    return next;
  }
  const statistic = /^stat::(\w+):\s+(\d+)/.exec(line);
  const name = STATISTICS.get(statistic?.[1] ?? '');
  return statistic === null || name === undefined ? null : { ...status, [name]: Number(statistic[2]) };
}

/** Cuts a stream of chunks into lines. */
export class LineSplitter {
  private rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  push(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    lines.forEach(this.onLine);
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.rest !== '') {
      this.onLine(this.rest);
    }
    this.rest = '';
  }
}
