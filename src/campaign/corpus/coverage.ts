// What a corpus reaches of the driver: lines, and beyond lines the two lists that matter here: where the driver reads what
// the device can write, and where the platform can fail. A line that ran is not a failure that happened.

import { existsSync, readdirSync } from 'node:fs';

import type { TargetSpec } from '../../target/target-spec.js';
import { execute } from '../../world/execute.js';
import { UsageError } from '../errors.js';
import { compiledRoot, projectRoot } from '../paths.js';
import { type CallSite, driverCallSites } from './call-sites.js';
import { type CorpusFolders, type CorpusInput, type CorpusKind, kindFolder, readCorpus } from './corpus-inputs.js';
import { SiteRecorder } from './site-recorder.js';
import { type Covered, type FileCoverage, sourceCoverage, sumOf } from './source-coverage.js';

/** Version of the JSON document. */
export const COVERAGE_SCHEMA = 1;

/** The code under test, all of whose lines a corpus can reach. The DMA layer has methods that do nothing, for nobody. */
const UNDER_TEST = 'src/driver';

export interface CoverageOptions {
  readonly folders: CorpusFolders;
  readonly kinds: readonly CorpusKind[];
  readonly targets: readonly TargetSpec[];
  /** Where the pages go; null for none. */
  readonly html: string | null;
}

export interface ReachedSite extends CallSite {
  readonly calls: number;
}

/** A place that reads what the device can write. */
export interface ReadSite extends ReachedSite {
  /** `unknown` where it was never reached, since what it reads is only known then. */
  readonly memory: 'shared' | 'unknown';
}

/** A place where the platform can refuse. */
export interface FailurePoint extends ReachedSite {
  readonly failures: number;
}

export interface FolderCoverage extends Covered {
  readonly folder: string;
}

export interface CoverageReport {
  readonly schema: typeof COVERAGE_SCHEMA;
  /** Inputs by kind. */
  readonly inputs: Readonly<Record<CorpusKind, number>>;
  readonly folders: readonly FolderCoverage[];
  readonly files: readonly FileCoverage[];
  readonly reads: readonly ReadSite[];
  readonly failurePoints: readonly FailurePoint[];
  readonly failing: readonly { readonly file: string; readonly verdict: 'finding' | 'harness-bug' }[];
  readonly problems: readonly string[];
}

/** Runs the whole corpus twice: as it is, for the sites, and under nyc. Throws UsageError without inputs. */
export async function measureCoverage(options: CoverageOptions): Promise<CoverageReport> {
  const corpora = options.targets.map(({ name }) => readCorpus(options.folders, name, options.kinds));
  const inputs = corpora.flatMap((corpus) => corpus.inputs);
  if (inputs.length === 0)
    throw new UsageError('the corpus has no inputs: run npm run seeds, or name another --corpus');
  const recorder = new SiteRecorder(driverCallSites(projectRoot()), compiledRoot());
  const failing = runAll(inputs, options.targets, recorder);
  const files = await sourceCoverage(foldersOf(options), options.html);
  return {
    schema: COVERAGE_SCHEMA,
    inputs: countByKind(inputs),
    folders: byFolder(files),
    files,
    reads: recorder.sites.flatMap((site) => readSite(site, recorder)),
    failurePoints: recorder.sites
      .filter(({ platform }) => platform !== 'MemoryView')
      .map((site) => ({ ...site, calls: recorder.of(site).calls, failures: recorder.of(site).failures })),
    failing,
    problems: corpora.flatMap(({ problems }) => problems),
  };
}

/** What a corpus that is complete reaches and this one does not, one line each. */
export function missingCoverage({ reads, failurePoints, folders }: CoverageReport): readonly string[] {
  const where = ({ file, line, function: name, callee }: CallSite): string => `${file}:${line} ${name}: ${callee}()`;
  return [
    ...reads.filter(({ calls }) => calls === 0).map((site) => `never reached: ${where(site)}`),
    ...failurePoints.filter(({ failures }) => failures === 0).map((site) => `never failed: ${where(site)}`),
    ...folders
      .filter(({ folder, lines }) => folder === UNDER_TEST && lines.covered < lines.total)
      .map(({ folder, lines }) => `never run: ${lines.total - lines.covered} lines of ${folder} (--html shows which)`),
  ];
}

function runAll(
  inputs: readonly CorpusInput[],
  targets: readonly TargetSpec[],
  recorder: SiteRecorder,
): CoverageReport['failing'] {
  const failing: { file: string; verdict: 'finding' | 'harness-bug' }[] = [];
  recorder.during(() => {
    for (const { file, bytes, target } of inputs) {
      const spec = targets.find(({ name }) => name === target);
      if (spec === undefined) continue;
      const { kind } = execute(spec, bytes);
      if (kind !== 'ok') failing.push({ file, verdict: kind });
    }
  });
  return failing;
}

function foldersOf({ folders, kinds, targets }: CoverageOptions): readonly string[] {
  return targets
    .flatMap(({ name }) => kinds.map((kind) => kindFolder(folders, name, kind)))
    .filter((folder) => existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith('.')));
}

function countByKind(inputs: readonly CorpusInput[]): Record<CorpusKind, number> {
  const counts = { seed: 0, regression: 0, generated: 0 };
  for (const { kind } of inputs) counts[kind]++;
  return counts;
}

function byFolder(files: readonly FileCoverage[]): readonly FolderCoverage[] {
  const names = [...new Set(files.map(({ file }) => folderOf(file)))].sort();
  return names.map((folder) => ({ folder, ...sumOf(files.filter(({ file }) => folderOf(file) === folder)) }));
}

/** `src/driver` of `src/driver/split-queue.ts`. */
function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** Nothing for a site that reads private memory alone. */
function readSite(site: CallSite, recorder: SiteRecorder): readonly ReadSite[] {
  if (site.platform !== 'MemoryView') return [];
  const { calls, shared } = recorder.of(site);
  if (calls > 0 && shared === 0) return [];
  return [{ ...site, calls: shared, memory: calls > 0 ? 'shared' : 'unknown' }];
}
