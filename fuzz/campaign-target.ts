// A target under a campaign: the process goes on after a finding, tells what is new, and counts the rest. The campaign
// stores what it is told, because several processes may find the same thing at once.

import { harnessBugFinding } from '../src/campaign/crashes/harness-bug.js';
import { type RunContext, writeEvent } from '../src/campaign/engine/run-context.js';
import type { TargetSpec } from '../src/target/target-spec.js';
import type { Finding, Verdict } from '../src/verdict/verdict.js';
import { type ExecuteOptions, execute, executeCounted } from '../src/world/execute.js';
import { type Repeat, SeenFindings } from '../src/world/seen-findings.js';
import { BucketCounts } from './bucket-counts.js';
import type { EngineDriver } from './engine-driver.js';
import { Heartbeat } from './heartbeat.js';
import { RunCoverage } from './run-coverage.js';
import { StabilityCheck } from './stability-check.js';
import type { WarmUpTarget } from './warm-up.js';

type Outcome = Verdict | Repeat;
type Failure = Exclude<Verdict, { kind: 'ok' }>;

/** What an execution is watched with. */
export interface Instruments {
  /** Map of state counters. */
  readonly feedback: Uint8Array | null;
  /** Counters of the edges of the system under test, and how many there are. */
  readonly edges: Uint8Array | null;
  readonly edgeCount: number;
  /** The driver from outside. */
  readonly driver: EngineDriver | null;
}

export class CampaignTarget {
  private readonly driver: EngineDriver | null;
  private readonly options: ExecuteOptions;
  private readonly seen = new SeenFindings(() => this.coverage.clear());
  private readonly counts: BucketCounts;
  private readonly coverage: RunCoverage;
  private readonly stability: StabilityCheck;
  private readonly heartbeat: Heartbeat;
  private unstableTold = false;

  /**
   * @param stop throws what ends the process after the last finding that it was to make.
   */
  constructor(
    private readonly target: TargetSpec,
    run: RunContext,
    { feedback, edges, edgeCount, driver }: Instruments,
    private readonly stop: (failure: Failure) => never,
  ) {
    this.driver = driver;
    this.options = {
      ...(feedback === null ? {} : { feedback }),
      ...(driver === null ? {} : { driver: driver.driver }),
    };
    this.counts = new BucketCounts(run);
    this.coverage = new RunCoverage({
      edges,
      instrumentedEdges: edgeCount,
      states: feedback,
    });
    this.stability = new StabilityCheck(this.coverage.edges, this.coverage.states);
    this.heartbeat = new Heartbeat(run.parent, () => this.report());
    // Whatever ends the run but a kill, a hang or lack of memory.
    process.on('exit', () => this.report());
  }

  /** One execution. */
  run(data: Uint8Array): void {
    this.heartbeat.beat();
    const { executions } = this.heartbeat;
    const outcome = executeCounted(this.target, data, this.seen, this.options);
    this.driver?.afterExecution();
    this.coverage.add(executions);
    if (this.stability.isDue(executions)) this.checkStability(data, outcome);
    if (outcome.kind !== 'ok') this.count(data, outcome);
  }

  /** Executions by `run` that the engine does not make: nobody else clears the counters before each of them. */
  beforeEngine(run: (data: Buffer) => void): WarmUpTarget {
    return {
      run: (data) => {
        this.coverage.clear();
        run(data);
      },
      isNews: () => this.coverage.lastWasNews,
    };
  }

  private checkStability(data: Uint8Array, outcome: Outcome): void {
    // In full: it shows as well that the cheap way to a bucket leads to the same one.
    const difference = this.stability.repeat(fateOf(outcome), () => fateOf(this.again(data)));
    if (difference === null || this.unstableTold) return;
    this.unstableTold = true;
    writeEvent({ kind: 'unstable', difference, input: Buffer.from(data).toString('base64') });
  }

  private count(data: Uint8Array, outcome: Exclude<Outcome, { kind: 'ok' }>): void {
    if (!this.counts.count(bucketOf(outcome), data.length)) return;
    // The engine reuses the memory of its input.
    const bytes = Uint8Array.from(data);
    const failure = outcome.kind === 'repeat' ? this.again(bytes) : outcome;
    if (failure.kind === 'ok') return;
    const input = Buffer.from(bytes).toString('base64');
    const finding = findingOf(failure);
    if (failure.kind === 'finding') writeEvent({ kind: 'finding', finding, input });
    else writeEvent({ kind: 'harness-bug', finding, stack: failure.stack, input });
    if (this.counts.limitReached) {
      writeEvent({ kind: 'limit' });
      this.stop(failure);
    }
  }

  /** A second run of the same input, whose coverage the engine must not add to that of the first. */
  private again(bytes: Uint8Array): Verdict {
    this.coverage.clear();
    return execute(this.target, bytes, this.options);
  }

  private report(): void {
    const { heartbeat, counts, stability, coverage } = this;
    writeEvent({
      kind: 'progress',
      executions: heartbeat.executions,
      seconds: heartbeat.seconds(),
      hits: counts.takeHits(),
      repeated: stability.repeated,
      alike: stability.alike,
      samples: coverage.samples,
      maps: coverage.news(),
    });
  }
}

function findingOf(failure: Failure): Finding {
  return failure.kind === 'finding' ? failure.finding : harnessBugFinding(failure.message);
}

function bucketOf(outcome: Exclude<Outcome, { kind: 'ok' }>): string {
  return outcome.kind === 'repeat' ? outcome.bucket : findingOf(outcome).bucket;
}

/** Equal for equal behaviour. */
function fateOf(outcome: Outcome): string {
  return outcome.kind === 'ok' ? 'ok' : bucketOf(outcome);
}
