// `vringfuzz report`: the findings and campaigns of a folder, in a form for people or for other programs.

import { dirname, relative, resolve, sep } from 'node:path';

import { type Command, Option } from 'commander';

import { makeFolder, writeAtomically } from '../campaign/atomic-file.js';
import { corpusFolders } from '../campaign/corpus/corpus-inputs.js';
import { UsageError } from '../campaign/errors.js';
import { crashesFolder } from '../campaign/paths.js';
import { homepage } from '../campaign/versions.js';
import { jsonReport } from '../report/formats/json-report.js';
import { junitReport } from '../report/formats/junit-report.js';
import { markdownReport } from '../report/formats/markdown-report.js';
import { sarifReport } from '../report/formats/sarif-report.js';
import { problemText } from '../report/report-model.js';
import { htmlReport } from '../report/html/html-report.js';
import { type ReportInputs, readReport } from '../report/report-source.js';
import { note } from './options.js';

const FORMATS = ['html', 'json', 'sarif', 'junit', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

interface ReportOptions {
  readonly format: Format;
  readonly crashes?: string;
  readonly corpus?: string;
  readonly output?: string;
  readonly knownIssues?: string;
}

/** The report is written, but says less than the folder might. */
const EXIT_INCOMPLETE = 1;

const HELP = `
Made from the folders alone, as often as wanted: the same folders give the same report.

Examples:
  vringfuzz report --format markdown >> "$GITHUB_STEP_SUMMARY"
  vringfuzz report --format sarif --output vringfuzz.sarif
  vringfuzz report --format json --crashes downloaded/crashes

Exit code: 0 complete, with or without findings; 1 written, but some files could not be used (each is named on standard
error), or not written for want of space or rights; 2 wrong use.`;

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('findings and campaigns of a folder as a page or a file for other tools')
    .addOption(new Option('--format <name>', 'form of the report').choices(FORMATS).makeOptionMandatory())
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .option('--output <file>', 'file to write (default: standard output)')
    .option('--known-issues <file>', 'accepted buckets (default: known-issues.json, where there is one)')
    .addHelpText('after', HELP)
    .action(report);
}

function report(options: ReportOptions): void {
  const crashes = asTyped(options.crashes ?? crashesFolder());
  const { output } = options;
  if (output !== undefined && isBelow(resolve(output), resolve(crashes))) {
    throw new UsageError(
      `--output ${output} lies in the folder of findings, where it would be a foreign file: name another`,
    );
  }
  const corpus = corpusFolders(options.corpus);
  const inputs = readReport({ crashes, corpus, knownIssues: options.knownIssues });
  write(textOf(options.format, inputs), output);
  const { problems } = inputs.report;
  for (const problem of problems) note(problemText(problem));
  if (problems.length === 0) return;
  note(`${problems.length} ${problems.length === 1 ? 'file' : 'files'} could not be used; the rest is reported`);
  process.exitCode = EXIT_INCOMPLETE;
}

function textOf(format: Format, { crashes, report: document }: ReportInputs): string {
  switch (format) {
    case 'json':
      return jsonReport(document);
    case 'sarif':
      return sarifReport(document, homepage());
    case 'junit':
      return junitReport(document);
    case 'markdown':
      return markdownReport(document);
    case 'html':
      return htmlReport(crashes, { report: document });
  }
}

/** Throws EnvironmentError. */
function write(text: string, output: string | undefined): void {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  makeFolder(dirname(resolve(output)));
  writeAtomically(resolve(output), Buffer.from(text));
}

/** The path as one would type it here: the report names it, and shall not depend on where the project lies. */
function asTyped(path: string): string {
  const short = relative(process.cwd(), resolve(path));
  return short.startsWith('..') ? resolve(path) : short || '.';
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
