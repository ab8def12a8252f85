// `vringfuzz export`: one finding as a folder to send to the people who maintain the driver.

import { relative, resolve } from 'node:path';

import type { Command } from 'commander';

import { findTarget } from '../campaign/harness.js';
import { crashesFolder } from '../campaign/paths.js';
import { exportBucket } from '../campaign/triage/export-bucket.js';
import { crashFolderAt } from '../campaign/triage/places.js';
import { ALL_TARGETS } from '../target/targets.js';
import { type BuildOptions, addBuildOptions, buildArguments, buildsOf, findingsOf } from './options.js';

interface ExportCommandOptions extends BuildOptions {
  readonly out: string;
  readonly crashes?: string;
  readonly json?: boolean;
}

const HELP = `
Runs every input of the bucket ten times, minimises the smallest and writes a folder that stands alone: the page with steps, trace
and the input as text, the input and its sidecar, the trace, what was run, and checksums. Where not every run ends in the bucket,
nothing is written. SECURITY.md says whom to send it to. It holds nothing of the driver but what the trace shows.

Examples:
  vringfuzz export early-unmap.split-queue-detach.buffer-in-flight --out report
  vringfuzz export untrusted-read.detach-buf-split.desc-flags --driver linux:6.12 --out report

Exit code: 0 written, 1 not written for want of space or rights, 2 wrong use, or the bucket does not reproduce.`;

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description("one finding as a folder for the driver's maintainers")
    .argument('<bucket>', 'bucket, as triage names it');
  addBuildOptions(command)
    .requiredOption('--out <dir>', 'folder to write: a new or an empty one')
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(exportFinding);
}

function exportFinding(bucket: string, options: ExportCommandOptions): void {
  const { target, json } = options;
  if (target !== undefined) findTarget(ALL_TARGETS, target);
  const output = resolve(options.out);
  const builds = buildsOf(options);
  const crashes = crashFolderAt(findingsOf(resolve(options.crashes ?? crashesFolder()), builds.driver));
  const { files, runs } = exportBucket(crashes, {
    ...{ bucket, target, output, builds },
    driver: builds.driver?.identity ?? null,
    commandArguments: buildArguments(options),
  });
  const shown = relative(process.cwd(), output) || '.';
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ schema: 1, bucket, folder: output, files, runs })}\n`
      : `${shown}: ${files.join(', ')}; ${runs} of ${runs} runs ended in ${bucket}\nSECURITY.md says whom to send it to, and what to leave out of public places.\n`,
  );
}
