// `vringfuzz coverage`: what the corpus reaches of the driver.

import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import { writeAtomically } from '../campaign/atomic-file.js';
import { CORPUS_KINDS, corpusFolders, corpusTargets } from '../campaign/corpus/corpus-inputs.js';
import { COMMITTED_KINDS } from '../campaign/corpus/manifest.js';
import { UsageError } from '../campaign/errors.js';
import { checkWritable } from '../campaign/folders.js';
import { replayExitCode } from '../campaign/replay/replay.js';
import { PLAIN, coloursFor } from '../report/colours.js';
import { coverageText, filesText } from '../report/coverage-text.js';
import { driverOption, note } from './options.js';

interface CoverageCommandOptions {
  readonly corpus?: string;
  /** False for what is committed alone. */
  readonly generated: boolean;
  readonly html?: string;
  readonly check?: boolean;
  readonly driver?: string;
  readonly json?: boolean;
}

const EXIT_MISSING = 1;
const EXIT_USAGE = 2;

const HELP = `
Three lists: code by folder; the places in the driver that read memory which the device can write; the places where the
platform can fail, and whether it ever did. The last two come from the sources and from what really happened.

Examples:
  vringfuzz coverage
  vringfuzz coverage --no-generated --check
  vringfuzz coverage --html coverage

Exit code: 0 measured, 1 something that --check asks for is not reached, 77 an input fails, 3 the harness failed, 2 wrong use.`;

export function addCoverageCommand(program: Command): void {
  program
    .command('coverage')
    .description('what the corpus reaches of the driver, without the engine')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .option('--no-generated', 'seeds and regressions only')
    .option('--html <dir>', 'write a page for each source file, and coverage.txt, to this folder')
    .option('--check', 'fail unless every shared read, every failure point and every line of the driver is reached')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    // Only to say what to type instead.
    .addOption(driverOption().hideHelp())
    .action(coverage);
}

async function coverage(options: CoverageCommandOptions): Promise<void> {
  if (options.driver !== undefined) throw new UsageError(noCoverageOf(options.driver));
  const html = options.html === undefined ? null : resolve(options.html);
  if (html !== null) checkWritable(html);
  // Loads the compiler, which takes its time: only for those who want it.
  const { measureCoverage, missingCoverage } = await import('../campaign/corpus/coverage.js');
  const report = await measureCoverage({
    folders: corpusFolders(options.corpus),
    kinds: options.generated ? CORPUS_KINDS : COMMITTED_KINDS,
    targets: corpusTargets([]),
    html,
  });
  const missing = missingCoverage(report);
  report.problems.forEach(note);
  if (html !== null) {
    const text = `${coverageText(report, missing, PLAIN)}\n${filesText(report)}`;
    writeAtomically(join(html, 'coverage.txt'), Buffer.from(text));
  }
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ...report, missing })}\n`
      : coverageText(report, missing, coloursFor(process.stdout)),
  );
  process.exitCode =
    replayExitCode(report.failing) ||
    (report.problems.length > 0 ? EXIT_USAGE : 0) ||
    (options.check === true && missing.length > 0 ? EXIT_MISSING : 0);
}

/** What it lists comes from the sources of our own driver: reads and failure points are found in them, not measured. */
function noCoverageOf(driver: string): string {
  return /^linux(:|$)/.test(driver)
    ? `coverage is that of vringfuzz's own driver; for the kernel's file: vringfuzz linux coverage --driver ${driver}`
    : `coverage is that of vringfuzz's own driver; of ${driver} the edges are counted by: vringfuzz fuzz --driver ${driver}`;
}
