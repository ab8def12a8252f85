// `vringfuzz list`: targets, oracles and bugs.

import type { Command } from 'commander';

import { type Bug, loadBugs } from '../campaign/bugs/bug-bank.js';
import { ORACLES } from '../oracle/registry.js';
import { type Colours, coloursFor } from '../report/colours.js';
import { ALL_TARGETS } from '../target/targets.js';
import { bugsOption } from './options.js';

interface ListOptions {
  readonly bugs: readonly string[];
  readonly json?: boolean;
}

type Row = readonly [string, ...string[]];

export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('list targets, oracles and planted bugs')
    .addOption(bugsOption())
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', '\nExamples:\n  vringfuzz list\n  vringfuzz list --bugs ../my-bugs --json')
    .action(list);
}

function list(options: ListOptions): void {
  const bugs = loadBugs(options.bugs);
  const text = options.json === true ? jsonText(bugs) : humanText(bugs, coloursFor(process.stdout));
  process.stdout.write(text);
}

function jsonText(bugs: readonly Bug[]): string {
  return `${JSON.stringify({ targets: ALL_TARGETS, oracles: ORACLES, bugs }, null, 2)}\n`;
}

function humanText(bugs: readonly Bug[], colours: Colours): string {
  const targets = ALL_TARGETS.map((target): Row => [target.name, target.summary]);
  const oracles = ORACLES.map((oracle): Row => [oracle.id, oracle.severity, oracle.claim]);
  const bugRows = bugs.map((bug): Row => [bug.id, bug.target, bug.oracles.join(','), bug.title]);
  const sections = [
    section('Targets', targets, colours),
    section('Oracles', oracles, colours),
    section('Bugs', bugRows, colours),
  ];
  return `${sections.join('\n')}\n`.replace(/\n+$/, '\n');
}

/** A title and its rows in aligned columns; the last column is free text. */
function section(title: string, rows: readonly Row[], colours: Colours): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
    return `  ${cells.join('  ')}\n`;
  });
  return `${colours.bold(`${title} (${rows.length})`)}\n${lines.join('')}`;
}
