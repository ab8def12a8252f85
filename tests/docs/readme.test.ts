// The hand-written pages against what they talk about: links, commands, flags, targets, oracles, tables of the format.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';
import { ORACLES } from '../../src/oracle/registry.js';
import { OPERATIONS, OPERATION_TABLES, operationCode } from '../../src/scenario/operations.js';
import { ALL_TARGETS } from '../../src/target/targets.js';
import { runCli } from '../cli/run-cli.js';

const ROOT = projectRoot();
const README = read('README.md');

/** Every page that people write or generate, relative to the project. */
const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'crashes/README.md', 'bugs/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A page without its code blocks. */
function prose(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '');
}

/** The part of the text under that heading of the second level. */
function under(text: string, heading: string): string {
  const parts = text.split(/^## /m).filter((part) => part.startsWith(`${heading}\n`));
  assert.equal(parts.length, 1, `headings "${heading}"`);
  return parts[0] ?? '';
}

/** The cells of every table row under the head. */
function rows(text: string): string[][] {
  return [...text.matchAll(/^\|(.+)\|$/gm)]
    .map((match) => (match[1] ?? '').split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter((_, index, all) => index > all.findIndex((row) => row.every((cell) => /^:?-+:?$/.test(cell))));
}

/** How a heading is named in a link. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function flagsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag))].sort();
}

const helps = new Map<string, readonly string[]>();

/** The flags in a command's help, except --help itself. Examples and prose do not count. */
function helpFlags(command: string): readonly string[] {
  const flags = helps.get(command) ?? askForFlags(command);
  helps.set(command, flags);
  return flags;
}

function askForFlags(command: string): readonly string[] {
  const { status, stdout } = runCli(command, '--help');
  assert.equal(status, 0, `vringfuzz ${command} --help`);
  // The help of the whole program is what an unknown command gets.
  assert.match(stdout, new RegExp(`^Usage: vringfuzz ${command} `), `vringfuzz ${command} is no command`);
  const options = /^Options:\n((?: {2}.*\n)+)/m.exec(stdout)?.[1] ?? '';
  const flags = [...options.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1] ?? '');
  return flags.filter((flag) => flag !== '--help').sort();
}

describe('links', () => {
  for (const page of PAGES) {
    test(page, () => {
      for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', fragment] = target.split('#');
        const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
        assert.ok(existsSync(file), `${target} leads nowhere`);
        assert.ok(!relative(ROOT, file).startsWith('..'), `${target} leads out of the project`);
        if (fragment === undefined) continue;
        const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1] ?? ''));
        assert.ok(headings.includes(fragment), `${target}: no such heading`);
      }
    });
  }

  test('every page of docs/ is linked from the README', () => {
    for (const page of PAGES.filter((name) => name.startsWith('docs/'))) assert.ok(README.includes(`(${page})`), page);
  });
});

describe('README: targets and oracles', () => {
  test('the targets are those of the registry', () => {
    assert.deepEqual(
      rows(under(README, 'Targets')),
      ALL_TARGETS.map(({ name, summary }) => [`\`${name}\``, summary]),
    );
  });

  test('the oracles are those of the registry', () => {
    assert.deepEqual(
      rows(under(README, 'Oracles')),
      ORACLES.map(({ id, severity, claim }) => [`\`${id}\``, severity, claim]),
    );
  });
});

describe('README: commands', () => {
  const table = rows(under(README, 'Commands').split('\nExit codes:')[0] ?? '');
  const commands = table.map(([cell = '']) => /^`([\w-]+)/.exec(cell)?.[1] ?? '');

  test('the table has every command of the help', () => {
    const help = runCli('--help').stdout;
    const listed = /^Commands:\n([\s\S]*?)\n\n/m.exec(help)?.[1] ?? '';
    const known = [...listed.matchAll(/^ {2}([\w-]+)/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'help');
    assert.ok(known.length > 0);
    assert.deepEqual([...commands].sort(), known.sort());
  });

  for (const [index, command] of commands.entries()) {
    test(`${command}: the flags of the table are those of its help`, () => {
      assert.deepEqual(flagsIn(table[index]?.[2] ?? ''), helpFlags(command));
    });
  }

  test('every flag in a command line is one of that command', () => {
    const lines = [...README.matchAll(/(?:npx vringfuzz|npm run) (fuzz|replay|describe|list|honest|doctor)\b(.*)/g)];
    assert.ok(lines.length >= 5);
    for (const [, command = '', rest = ''] of lines) {
      const known = helpFlags(command);
      for (const flag of flagsIn(rest)) assert.ok(known.includes(flag), `${command} ${flag}`);
    }
  });

  test('every other flag is one of some command', () => {
    const known = new Set(commands.flatMap(helpFlags));
    assert.deepEqual(
      flagsIn(README).filter((flag) => !known.has(flag) && flag !== '--help'),
      [],
    );
  });

  test('every npm script that a page names exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const page of PAGES) {
      for (const [, name = ''] of read(page).matchAll(/npm run ([\w:]+)/g))
        assert.ok(name in scripts, `${page}: ${name}`);
    }
  });
});

describe('docs/input-format.md', () => {
  const records = under(read('docs/input-format.md'), 'Records').split('\n### ')[0] ?? '';
  const table = rows(records);

  test('lists every operation, in order', () => {
    assert.deepEqual(
      table.map(([name]) => name),
      OPERATIONS.map((name) => `\`${name}\``),
    );
  });

  test('gives the slots of each in every table', () => {
    for (const [column, name] of (['ring', 'bounce', 'failure', 'script'] as const).entries()) {
      const slots = OPERATION_TABLES[name];
      assert.ok(records.includes(`\`${name}\` (${String(slots.length)})`), `length of ${name}`);
      for (const [row, operation] of OPERATIONS.entries()) {
        const code = operationCode(operation);
        const first = slots.indexOf(code);
        const last = slots.lastIndexOf(code);
        const due = first < 0 ? '' : first === last ? String(first) : `${String(first)}-${String(last)}`;
        assert.equal(table[row]?.[column + 1], due, `${operation} in ${name}`);
      }
    }
  });
});
