// Runs the stages of a tier one after the other, each as a process of its own: whatever one of them comes to, the next ones
// run, and the reports tell of all.

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import { makeFolder } from '../atomic-file.js';
import { compiledRoot } from '../paths.js';
import { judgeStage, type StageJudgement } from './judgement.js';
import type { KnownIssues } from '../known-issues.js';
import { type CiOptions, type Stage, type StageName, stagesOf } from './tiers.js';

export interface StageResult extends StageJudgement {
  readonly name: StageName;
  /** Arguments of `vringfuzz`. */
  readonly command: readonly string[];
  /** Null when it was killed. */
  readonly exitCode: number | null;
  readonly seconds: number;
  /** File in the output folder that has all it printed. */
  readonly log: string;
}

export interface CiResult {
  readonly tier: CiOptions['tier'];
  readonly stages: readonly StageResult[];
  /** The gravest of the stages. */
  readonly exitCode: number;
  /** Files in the output folder. */
  readonly reports: readonly string[];
}

export interface CiListener {
  started(name: string, command: readonly string[]): void;
  ended(result: StageResult): void;
}

/** Gravest first: the harness failed, a new finding, no end, the machine, wrong use. */
const GRAVITY: readonly number[] = [3, 77, 70, 1, 2];

/** The reports of every tier, by format. */
const REPORTS: readonly (readonly [format: string, file: string])[] = [
  ['json', 'report.json'],
  ['sarif', 'report.sarif'],
  ['junit', 'junit.xml'],
  ['markdown', 'report.md'],
  ['html', 'report.html'],
];

export class CiRun {
  private child: ChildProcess | null = null;
  private stopped = false;

  /** Throws EnvironmentError when the output folder cannot be made. */
  constructor(
    private readonly options: CiOptions,
    private readonly knownIssues: KnownIssues,
    private readonly listener: CiListener,
  ) {
    // Of an earlier run: what is there afterwards is of this one.
    for (const name of ['logs', ...REPORTS.map(([, file]) => file)]) {
      rmSync(join(options.output, name), { recursive: true, force: true });
    }
    makeFolder(join(options.output, 'logs'));
  }

  async run(): Promise<CiResult> {
    const stages: StageResult[] = [];
    for (const stage of stagesOf(this.options)) {
      if (this.stopped) break;
      stages.push(await this.stage(stage));
    }
    // Also after a stop: what was found until then is reported.
    for (const [format, file] of REPORTS) stages.push(await this.report(format, file));
    const codes = stages.map(({ code }) => code);
    const exitCode = GRAVITY.find((code) => codes.includes(code)) ?? 0;
    return { tier: this.options.tier, stages, exitCode, reports: REPORTS.map(([, file]) => file) };
  }

  /** Ends the stage that runs, cleanly, and starts no other but the reports. */
  stop(): void {
    this.stopped = true;
    this.child?.kill('SIGINT');
  }

  private async stage(stage: Stage): Promise<StageResult> {
    return this.command(stage.name, stage.name, stage.command);
  }

  private async report(format: string, file: string): Promise<StageResult> {
    const { driver, crashes, corpus, knownIssues, output } = this.options;
    const findings = driver?.findings ?? crashes;
    const command = ['report', '--format', format, '--crashes', findings, '--output', join(output, file)];
    if (corpus !== null) command.push('--corpus', corpus);
    if (knownIssues !== null) command.push('--known-issues', knownIssues);
    return this.command('report', `report-${format}`, command);
  }

  private async command(name: StageName, logName: string, command: readonly string[]): Promise<StageResult> {
    this.listener.started(name, command);
    const startedAt = Date.now();
    const log = join('logs', `${logName}.log`);
    const { exitCode, output } = await this.spawn(command, join(this.options.output, log));
    const seconds = (Date.now() - startedAt) / 1000;
    const { stopped, knownIssues } = this;
    const judgement = judgeStage({
      ...{ name, exitCode, output, stopped, knownIssues, bug: this.options.bug },
      isForeign: this.options.driver !== null,
    });
    const result = { name, command, exitCode, seconds, log, ...judgement };
    this.listener.ended(result);
    return result;
  }

  /** Runs `vringfuzz` with these arguments; everything it prints goes to the log, standard output is returned as well. */
  private async spawn(
    command: readonly string[],
    log: string,
  ): Promise<{ readonly exitCode: number | null; readonly output: string }> {
    const file = createWriteStream(log);
    const child = spawn(process.execPath, [join(compiledRoot(), 'src', 'cli', 'main.js'), ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Lines instead of a redrawn block.
      env: { ...process.env, CI: process.env['CI'] ?? '1' },
      // A group of its own: Ctrl-C reaches this process alone, which then ends the stage once and in order.
      detached: process.platform !== 'win32',
    });
    this.child = child;
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      file.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      file.write(chunk);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    this.child = null;
    file.end();
    await finished(file);
    return { exitCode, output: Buffer.concat(chunks).toString('utf8') };
  }
}
