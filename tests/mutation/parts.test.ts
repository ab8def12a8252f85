// The parts of the mutation run, each on something small enough to see through.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type * as nodePath from 'node:path';
import { join } from 'node:path';
import type * as nodeTest from 'node:test';
import { type TestContext, describe, test } from 'node:test';

import { ActiveMutant, BudgetExceeded } from './active-mutant.js';
import { BuildLoader } from './build-loader.js';
import { sortSurvivors } from './equivalents.js';
import { filesBelow, percentOf, scoresOf } from './floor.js';
import { type Mutant, readMutants } from './mutants.js';
import { NodeTestStandIn } from './node-test-stand-in.js';

const SOURCE = `const LIMIT = 4;
export class Ring {
  put(n: number): boolean {
    return n < LIMIT && n > 0;
  }
}
`;

const PUT = { file: 'src/dma/ring.ts', where: 'Ring.put', line: 'return n < LIMIT && n > 0;' };

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** A report about SOURCE in which `n < LIMIT` has three mutants and \`n > 0\` one. */
function sampleReport(folder: string): string {
  const at = (from: number, to: number, replacement: string, rest: object): object => ({
    mutatorName: 'EqualityOperator',
    replacement,
    location: { start: { line: 4, column: from }, end: { line: 4, column: to } },
    ...rest,
  });
  const mutants = [
    at(12, 21, 'n <= LIMIT', { status: 'Killed', killedBy: ['7'], statusReason: 'free-list.x' }),
    at(12, 21, 'n >= LIMIT', { status: 'Timeout', statusReason: 'no end of corpus: t a' }),
    at(12, 21, 'true', { status: 'Survived' }),
    at(25, 30, 'n >= 0', { status: 'Killed', killedBy: ['8'], statusReason: 'expected' }),
  ];
  const tests = [
    { id: '7', name: 'corpus: t b' },
    { id: '8', name: 'unit: 0 it works' },
  ];
  const file = join(folder, 'mutation.json');
  const report = { files: { 'src/dma/ring.ts': { source: SOURCE, mutants } }, testFiles: { '': { tests } } };
  writeFileSync(file, JSON.stringify(report));
  return file;
}

test('a mutant is named by function, line and change, and by what killed it', (context) => {
  const mutants = readMutants(sampleReport(temporaryFolder(context)));
  const short = mutants.map(({ replacement, outcome, by, detail }) => [replacement, outcome, by, detail]);
  assert.deepEqual(short, [
    ['n <= LIMIT', 'killed', 'corpus', 'corpus: t b: free-list.x'],
    ['n >= LIMIT', 'hang', 'corpus', 'no end of corpus: t a'],
    ['true', 'survived', null, ''],
    ['n >= 0', 'killed', 'unit', 'unit: 0 it works: expected'],
  ]);
  for (const { file, where, line } of mutants) assert.deepEqual({ file, where, line }, PUT);
  assert.deepEqual(
    mutants.map(({ original }) => original),
    ['n < LIMIT', 'n < LIMIT', 'n < LIMIT', 'n > 0'],
  );
});

describe('survivors', () => {
  const entry = { ...PUT, mutator: 'EqualityOperator', original: 'n < LIMIT', replacement: 'true' };
  const listed = (replacement: string): Parameters<typeof sortSurvivors>[1] => ({
    schema: 1,
    groups: [{ reason: 'because', mutants: [{ ...entry, replacement }] }],
  });

  test('are explained by an entry of the same place and change alone', (context) => {
    const mutants = readMutants(sampleReport(temporaryFolder(context)));
    const { explained, unexplained, stale } = sortSurvivors(mutants, listed('true'));
    assert.deepEqual([explained.length, unexplained.length, stale.length], [1, 0, 0]);
  });

  test('leave an entry stale that is about a mutant which was killed', (context) => {
    const mutants = readMutants(sampleReport(temporaryFolder(context)));
    const { explained, unexplained, stale } = sortSurvivors(mutants, listed('n <= LIMIT'));
    assert.deepEqual([explained.length, unexplained.length, stale.length], [0, 1, 1]);
  });
});

test('the score counts what oracles kill, and the floor allows no survivor more than before', (context) => {
  const folder = temporaryFolder(context);
  const mutants = readMutants(sampleReport(folder));
  mkdirSync(join(folder, 'src/dma'), { recursive: true });
  writeFileSync(join(folder, PUT.file), SOURCE);
  const scores = scoresOf({ root: folder, mutants, explained: [], files: [PUT.file] });
  const score = scores[PUT.file];
  assert.ok(score !== undefined);
  const { sha256, ...counts } = score;
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(counts, { mutants: 4, equivalent: 0, killed: 2, killedByUnitTests: 1, hangs: 1 });
  assert.equal(
    percentOf([score], ({ killed }) => killed),
    50,
  );
  assert.deepEqual(filesBelow(scores, { schema: 1, files: { [PUT.file]: score } }), []);
  const stricter = { schema: 1 as const, files: { [PUT.file]: { ...score, killed: 3 } } };
  assert.deepEqual(filesBelow(scores, stricter), [`${PUT.file}: 2 mutants that no input kills, 1 allowed`]);
  assert.equal(filesBelow(scores, { schema: 1, files: {} }).length, 1, 'a new file');
});

test('scores leave out what is explained', (context) => {
  const folder = temporaryFolder(context);
  const mutants = readMutants(sampleReport(folder));
  mkdirSync(join(folder, 'src/dma'), { recursive: true });
  writeFileSync(join(folder, PUT.file), SOURCE);
  const explained = mutants.filter(({ outcome }: Mutant) => outcome === 'survived');
  const score = scoresOf({ root: folder, mutants, explained, files: [PUT.file] })[PUT.file];
  assert.equal(score?.equivalent, 1);
});

test('the loader runs modules anew, shares them within one life and substitutes by name', (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(
    join(folder, 'a.js'),
    'exports.count = 0; exports.path = require("node:path"); exports.own = require("own");',
  );
  writeFileSync(join(folder, 'b.js'), 'const a = require("./a.js"); exports.next = () => ++a.count; exports.a = a;');
  const loader = new BuildLoader(folder, new Map([['own', 'mine']]));
  type B = { readonly next: () => number; readonly a: { readonly path: unknown; readonly own: unknown } };
  const first = loader.load('b.js') as B;
  assert.deepEqual([first.next(), (loader.load('b.js') as B).next()], [1, 2]);
  assert.equal(first.a.own, 'mine');
  assert.equal(typeof (first.a.path as typeof nodePath).join, 'function');
  loader.forget();
  assert.equal((loader.load('b.js') as B).next(), 1);
});

test('the stand-in collects tests in order and refuses what it does not know', () => {
  const standIn = new NodeTestStandIn();
  const node = standIn.module as typeof nodeTest;
  const ran: string[] = [];
  const tests = standIn.collect(() => {
    void node.describe('a', () => {
      void node.test('b', () => {
        ran.push('b');
      });
    });
    void node.test('c', () => {
      throw new Error('c fails');
    });
  });
  assert.deepEqual(
    tests.map(({ name }) => name),
    ['a > b', 'c'],
  );
  tests[0]?.run();
  assert.deepEqual(ran, ['b']);
  assert.throws(() => tests[1]?.run(), /c fails/);
  assert.throws(() => node.before, /before is not supported/);
});

test('a loop that asks for its mutant ends with the budget, and says so', () => {
  const mutant = new ActiveMutant();
  const shared = (globalThis as unknown as { __stryker__: { activeMutant: string | undefined } }).__stryker__;
  mutant.begin('a test', 1000);
  mutant.set('12');
  let rounds = 0;
  assert.throws(() => {
    while (shared.activeMutant === '12') rounds++;
  }, BudgetExceeded);
  assert.equal(rounds, 1000);
  assert.ok(mutant.exhausted);
  mutant.begin('another', 1000);
  assert.equal(shared.activeMutant, '12');
  assert.ok(!mutant.exhausted);
});
