// `vringfuzz doctor`: does fuzzing work on this machine?

import { resolve } from 'node:path';

import type { Command } from 'commander';

import { type Check, diagnose } from '../campaign/doctor.js';
import { compiledRoot, crashesFolder } from '../campaign/paths.js';
import { type Colours, coloursFor } from '../report/colours.js';

interface DoctorOptions {
  readonly crashes?: string;
  readonly json?: boolean;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check that fuzzing works on this machine')
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', '\nTakes a few seconds.\n\nExit code: 0 all is well, 1 a check failed.')
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const checks = await diagnose({ root: compiledRoot(), crashes: resolve(options.crashes ?? crashesFolder()) });
  const ok = checks.every((check) => check.ok);
  const colours = coloursFor(process.stdout);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ok, checks })}\n`
      : checks.map((check) => checkLine(check, colours)).join(''),
  );
  process.exitCode = ok ? 0 : 1;
}

function checkLine({ name, ok, detail, advice }: Check, colours: Colours): string {
  const verdict = ok ? colours.green('ok  ') : colours.red('FAIL');
  return `${verdict}  ${name.padEnd(15)}  ${detail}${advice === '' ? '' : `: ${advice}`}\n`;
}
