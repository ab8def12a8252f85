// Runs the command line as its users do: as a process of its own.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { compiledRoot } from '../../src/campaign/paths.js';

export interface CliRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** For one that hangs: a command that has work to do takes minutes where the machine has other work. */
const HUNG_MS = 300_000;

export function runCli(...args: readonly string[]): CliRun {
  const main = join(compiledRoot(), 'src', 'cli', 'main.js');
  // Colours are for terminals, whatever the environment wishes.
  const env = { ...process.env, FORCE_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    timeout: HUNG_MS,
    env,
  });
  return { status, stdout, stderr };
}

/** Whether the run failed as wrong use does: exit code 2, nothing on stdout, one line on stderr that says `message`. */
export function isRefused(run: CliRun, message: RegExp): boolean {
  const oneLine = /^vringfuzz: [^\n]+\n$/.test(run.stderr);
  return run.status === 2 && run.stdout === '' && oneLine && message.test(run.stderr);
}
