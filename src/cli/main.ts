// The command line: argv to a command, and whatever a command throws to one line and an exit code.

import './source-maps.js';

import { Command, CommanderError } from 'commander';

import { EnvironmentError, UsageError } from '../campaign/errors.js';
import { versions } from '../campaign/versions.js';
import { addBenchCommand } from './bench-command.js';
import { addCiCommand } from './ci-command.js';
import { addCorpusCommand } from './corpus-command.js';
import { addCoverageCommand } from './coverage-command.js';
import { addDescribeCommand } from './describe-command.js';
import { addDoctorCommand } from './doctor-command.js';
import { addExportCommand } from './export-command.js';
import { addFailEachCommand } from './fail-each-command.js';
import { addFuzzCommand } from './fuzz-command.js';
import { addHonestCommand } from './honest-command.js';
import { addLinuxCommand } from './linux-command.js';
import { addListCommand } from './list-command.js';
import { addMergeCommand } from './merge-command.js';
import { addMinimiseCommand } from './minimise-command.js';
import { addRacesCommand } from './races-command.js';
import { addReplayCommand } from './replay-command.js';
import { addReportCommand } from './report-command.js';
import { addTriageCommand } from './triage-command.js';

const EXIT_USAGE = 2;
const EXIT_INTERNAL = 3;
/** What a shell reports for a program that wrote to a closed pipe. */
const EXIT_CLOSED_PIPE = 141;

const HELP = `
Examples:
  vringfuzz list
  vringfuzz fuzz split_ring_fuzzer
  vringfuzz replay crashes
  vringfuzz describe crashes/<target>/<bucket>/crash-<sha1>

Exit codes: 0 nothing found, 77 a finding, 70 no end, 1 the machine does not allow it, 2 wrong use, 3 vringfuzz itself failed.`;

function createProgram(): Command {
  const program = new Command('vringfuzz')
    .description('fuzz virtio ring drivers with a hostile device')
    .version(versions().vringfuzz, '--version', 'show the version')
    .addHelpText('after', HELP)
    .exitOverride()
    // Printed once, as any other error is.
    .configureOutput({ outputError: () => undefined });
  addListCommand(program);
  addFuzzCommand(program);
  addReplayCommand(program);
  addDescribeCommand(program);
  addMinimiseCommand(program);
  addFailEachCommand(program);
  addRacesCommand(program);
  addTriageCommand(program);
  addExportCommand(program);
  addReportCommand(program);
  addMergeCommand(program);
  addCorpusCommand(program);
  addCoverageCommand(program);
  addDoctorCommand(program);
  addHonestCommand(program);
  addCiCommand(program);
  addBenchCommand(program);
  addLinuxCommand(program);
  // Also for commands that were made on their own and only added.
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_CLOSED_PIPE);
    throw error;
  });
  process.on('uncaughtException', (error) => {
    process.exit(fail(error));
  });
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = fail(error);
  }
}

/** Says what went wrong; returns the exit code. */
function fail(error: unknown): number {
  if (error instanceof CommanderError) return failedParse(error);
  if (error instanceof UsageError || error instanceof EnvironmentError) {
    process.stderr.write(`vringfuzz: ${error.message}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\nvringfuzz: this is a bug in vringfuzz; please report it with the lines above\n`);
  return EXIT_INTERNAL;
}

/** Help and version end in an exception too; for help that was not asked for, the text is already on standard error. */
function failedParse(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  if (error.code === 'commander.help') return EXIT_USAGE;
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  process.stderr.write(`vringfuzz: ${message}; see vringfuzz --help\n`);
  return EXIT_USAGE;
}

void main();
