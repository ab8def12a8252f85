// Gathers what a report is made of: the crashes folder, the corpus and known-issues.json. What cannot be read is a problem in
// the list, and the rest is reported.

import { existsSync } from 'node:fs';

import { type CorpusCounts, countCorpus } from '../campaign/corpus/corpus-counts.js';
import type { CorpusFolders } from '../campaign/corpus/corpus-inputs.js';
import { type CrashFolder, type FolderProblem, readCrashFolder } from '../campaign/crashes/crash-folder.js';
import { UsageError } from '../campaign/errors.js';
import { KnownIssues, knownIssuesFile, loadKnownIssues, today } from '../campaign/known-issues.js';
import { versions } from '../campaign/versions.js';
import { type Report, buildReport } from './report-model.js';

export interface ReportSource {
  /** The crashes folder, as it shall be named in the report. */
  readonly crashes: string;
  readonly corpus: CorpusFolders;
  /** The file that was named, or undefined for the default one, which need not exist. */
  readonly knownIssues: string | undefined;
}

export interface ReportInputs {
  /** With all problems, also those of the corpus and the known issues. */
  readonly crashes: CrashFolder;
  readonly known: KnownIssues;
  readonly report: Report;
}

/** Throws UsageError when there is no crashes folder, or when a file that was named does not exist. */
export function readReport(source: ReportSource): ReportInputs {
  if (!existsSync(source.crashes)) {
    throw new UsageError(
      `no such folder: ${source.crashes}; fuzz first (vringfuzz fuzz), or name one with --crashes DIR`,
    );
  }
  const problems: FolderProblem[] = [];
  const folder = readCrashFolder(source.crashes);
  const known = readKnown(source.knownIssues, problems);
  const corpus = new Map<string, CorpusCounts>();
  for (const { target } of folder.targets) {
    const counts = attempt(source.corpus.generated, problems, () => countCorpus(source.corpus, target));
    if (counts !== null) corpus.set(target, counts);
  }
  const crashes = { ...folder, problems: [...folder.problems, ...problems] };
  const report = buildReport(crashes, { known, corpus, version: versions().vringfuzz, today: today() });
  return { crashes, known, report };
}

function readKnown(path: string | undefined, problems: FolderProblem[]): KnownIssues {
  if (path !== undefined && !existsSync(path)) throw new UsageError(`no such file: ${path}`);
  const known = attempt(path ?? knownIssuesFile(), problems, () => loadKnownIssues(path));
  return known ?? new KnownIssues([]);
}

/** `read`'s value, or null and one more problem. */
function attempt<T>(file: string, problems: FolderProblem[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push({ file, message: error.message });
    return null;
  }
}
