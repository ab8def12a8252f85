// Which lines, branches and functions of the harness and the driver a replay of inputs runs: nyc over a process without
// the engine, whose own instrumentation would report compiled code. nyc is no dependency of an installed vringfuzz.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { EnvironmentError } from '../errors.js';
import { makeTemporaryFolder } from '../folders.js';
import { compiledRoot, projectRoot } from '../paths.js';

/** Below `src/`: what an execution can reach. The rest is not what a corpus is for. */
export const COVERED_FOLDERS = [
  ...['driver', 'dma', 'device', 'memory', 'oracle', 'platform', 'scenario', 'spec', 'target', 'verdict', 'world'],
] as const;

/** Writes seeds; no execution runs it. */
const EXCLUDED = ['scenario/seeds'] as const;

export interface Ratio {
  readonly covered: number;
  readonly total: number;
}

export interface Covered {
  readonly lines: Ratio;
  readonly branches: Ratio;
  readonly functions: Ratio;
}

export interface FileCoverage extends Covered {
  /** Relative to the project, such as `src/driver/split-queue.ts`. */
  readonly file: string;
}

/** Replays the inputs in these folders under nyc. `html` is where pages go, or null. Throws EnvironmentError. */
export async function sourceCoverage(
  folders: readonly string[],
  html: string | null,
): Promise<readonly FileCoverage[]> {
  const temporary = makeTemporaryFolder('coverage');
  try {
    const report = html ?? join(temporary, 'report');
    const replay = join(compiledRoot(), 'src', 'campaign', 'replay', 'replay-corpus.js');
    const compiled = join(compiledRoot(), 'src');
    const reporters = ['json-summary', ...(html === null ? [] : ['html'])];
    const args = [
      findNyc(),
      // It looks for files to include below this folder: below the project that takes a minute.
      ...['--cwd', compiled, '--temp-dir', join(temporary, 'raw'), '--report-dir', report],
      ...reporters.map((name) => `--reporter=${name}`),
      ...COVERED_FOLDERS.map((folder) => `--include=${folder}/**/*.js`),
      ...EXCLUDED.map((folder) => `--exclude=${folder}/**`),
      // Without it nyc drops what leads back to a file that is not included, which is every source.
      ...['--exclude-after-remap=false', '--all', '--cache=false'],
      ...[process.execPath, replay, ...folders],
    ];
    const summary = join(report, 'coverage-summary.json');
    // One of an earlier run must not pass for this one's.
    rmSync(summary, { force: true });
    return readSummary(summary, await run(args));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

export function sumOf(files: readonly Covered[]): Covered {
  const total = (kind: keyof Covered): Ratio => ({
    covered: files.reduce((sum, file) => sum + file[kind].covered, 0),
    total: files.reduce((sum, file) => sum + file[kind].total, 0),
  });
  return { lines: total('lines'), branches: total('branches'), functions: total('functions') };
}

function findNyc(): string {
  try {
    return require.resolve('nyc/bin/nyc.js', { paths: [projectRoot(), process.cwd()] });
  } catch {
    throw new EnvironmentError('coverage needs nyc, which is not installed: type npm install --save-dev nyc@18.0.0');
  }
}

/** Ends with whatever nyc said on standard error: its exit code is that of the replay, which its caller knows. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', () => {
      resolve(said);
    });
  });
}

function readSummary(file: string, said: string): readonly FileCoverage[] {
  if (!existsSync(file))
    throw new EnvironmentError(`nyc wrote no report: ${said.trim().split('\n').slice(-3).join(' | ')}`);
  const summary = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Covered>>;
  return Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .map(([file, { lines, branches, functions }]) => ({
      file: relative(projectRoot(), file).split(sep).join('/'),
      lines: ratio(lines),
      branches: ratio(branches),
      functions: ratio(functions),
    }));
}

function ratio({ covered, total }: Ratio): Ratio {
  return { covered, total };
}
