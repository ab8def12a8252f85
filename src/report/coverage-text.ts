// What a corpus reaches, as tables: code by folder, places that read what the device can write, places that can fail.

import type { CoverageReport, ReachedSite } from '../campaign/corpus/coverage.js';
import type { Covered, Ratio } from '../campaign/corpus/source-coverage.js';
import type { Colours } from './colours.js';
import { grouped, textTable } from './text-table.js';

/** The code table of single files, for those who look at one. */
export function filesText({ files }: CoverageReport): string {
  return codeTable(files.map((file) => ({ name: file.file, ...file })));
}

export function coverageText(report: CoverageReport, missing: readonly string[], colours: Colours): string {
  const { seed, regression, generated } = report.inputs;
  const inputs = `${grouped(seed)} seeds, ${grouped(regression)} regressions, ${grouped(generated)} generated inputs\n`;
  const code = codeTable(report.folders.map((folder) => ({ name: folder.folder, ...folder })));
  const reads = textTable(
    ['read of shared memory', 'reads'],
    report.reads.map((site) => [place(site), site.calls === 0 ? 'never' : grouped(site.calls)]),
  );
  const failures = textTable(
    ['failure point', 'calls', 'failed'],
    report.failurePoints.map((site) => [
      place(site),
      grouped(site.calls),
      site.failures === 0 ? 'never' : grouped(site.failures),
    ]),
  );
  const failing = report.failing.map(({ file, verdict }) => `${colours.red(verdict)}  ${file}\n`);
  const complaints = missing.map((line) => `${colours.red('!')} ${line}\n`);
  return [inputs, code, reads, failures, [...failing, ...complaints].join('')].filter((part) => part !== '').join('\n');
}

function codeTable(rows: readonly (Covered & { readonly name: string })[]): string {
  return textTable(
    ['code', 'lines', 'branches', 'functions'],
    rows.map(({ name, lines, branches, functions }) => [name, ...[lines, branches, functions].map(share)]),
  );
}

function place({ file, line, function: name, callee }: ReachedSite): string {
  return `${file}:${line}  ${name}: ${callee}()`;
}

function share({ covered, total }: Ratio): string {
  // What declares types only has nothing to run.
  if (total === 0) return '-';
  return `${((100 * covered) / total).toFixed(1)} % of ${grouped(total)}`;
}
