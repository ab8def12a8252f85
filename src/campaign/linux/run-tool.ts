// Runs a program to its end.

import { spawnSync } from 'node:child_process';

export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** What it said, or why it did not run. */
  readonly stderr: string;
}

const LARGEST_OUTPUT = 256 * 1024 * 1024;

/** Never throws: what went wrong is in the result. */
export function runTool(
  program: string,
  options: readonly string[],
  { cwd, input }: { readonly cwd?: string; readonly input?: string } = {},
): ToolResult {
  const { error, status, stdout, stderr } = spawnSync(program, options, {
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) return { ok: false, stdout: '', stderr: error.message };
  return { ok: status === 0, stdout, stderr };
}

/** The first line that says something; of compilers and apt, the first that is an error. */
export function firstReason(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /^E: |\berror\b/i.test(line)) ?? lines.find((line) => line !== '') ?? 'it does not run';
}
