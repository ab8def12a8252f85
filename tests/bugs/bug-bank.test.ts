// The bundled bug bank keeps its promises: each seed fails with its bug and passes without, by the oracle that bug.json
// names first; every oracle is the first of some bug; each patch is code that the compiler accepts.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, test } from 'node:test';

import { type Bug, buildBug, loadBugs } from '../../src/campaign/bugs/bug-bank.js';
import { seedFile } from '../../src/campaign/bugs/bug-definition.js';
import { patchedSources } from '../../src/campaign/bugs/bug-patch.js';
import { type Harness, findTarget, loadHarness } from '../../src/campaign/harness.js';
import { compiledRoot, projectRoot } from '../../src/campaign/paths.js';
import { ORACLES } from '../../src/oracle/registry.js';
import type { Verdict } from '../../src/verdict/verdict.js';
import { complaintsAbout } from '../../src/campaign/bugs/bug-checker.js';

const BANK = join(projectRoot(), 'bugs');
const BUGS = loadBugs().filter((bug) => dirname(bug.directory) === BANK);
const ORACLE_IDS = ORACLES.map((oracle) => oracle.id);
const FAMILIES: readonly string[] = [
  ...['shared-metadata', 'chain-walk', 'free-list', 'used-entry', 'release', 'error-unwind', 'indirect-table'],
  ...['mapping-arguments', 'publish', 'notification', 'reset', 'creation', 'lifecycle', 'length', 'in-order'],
  ...['bounce', 'iommu', 'vduse'],
];
/** Longer seeds are no longer read by people. */
const MOST_SEED_BYTES = 4 + 4 * 12;

/** With the first oracle silent, no other one sees the seed. */
function isAlone(bug: Bug): boolean {
  assert.notEqual(bug.alone, null, `${bug.id}: "alone" must be true or false`);
  return bug.alone === true;
}

function run(harness: Harness, bug: Bug, disabledOracles: readonly string[] = []): Verdict {
  const seed = new Uint8Array(readFileSync(seedFile(bug)));
  return harness.executeTraced(findTarget(harness.targets, bug.target), seed, { disabledOracles }).verdict;
}

/** Oracle and bucket, `ok`, or what broke. */
function nameOf(verdict: Verdict): string {
  if (verdict.kind === 'finding') return `${verdict.finding.oracle} in ${verdict.finding.bucket}`;
  return verdict.kind === 'ok' ? 'ok' : `harness bug: ${verdict.message}`;
}

describe('the bug bank', () => {
  test('has a bug for every oracle, which that oracle sees first', () => {
    const first = new Set(BUGS.map((bug) => bug.oracles[0]));
    assert.deepEqual(
      ORACLE_IDS.filter((id) => !first.has(id)),
      // It compares a driver from outside with ours: its controls are in tests/world/driver-comparison.test.ts.
      ['driver-divergence'],
    );
  });

  test('is listed in bugs/README.md as it is', () => {
    const rows = readFileSync(join(BANK, 'README.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| ['))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    assert.deepEqual(
      rows.map(([, id, title, , status, family, oracle, alone]) => [id, title, status, family, oracle, alone]),
      BUGS.map((bug) => [
        `[${bug.id}](${bug.id}/)`,
        bug.title,
        bug.status,
        bug.family,
        bug.oracles[0],
        isAlone(bug) ? 'yes' : 'no',
      ]),
    );
  });

  test('says of each bug where it comes from and what kind of mistake it is', () => {
    assert.deepEqual(
      BUGS.filter((bug) => bug.status === null || !FAMILIES.includes(bug.family ?? '')).map((bug) => bug.id),
      [],
    );
    assert.deepEqual(
      FAMILIES.filter((family) => !BUGS.some((bug) => bug.family === family)),
      [],
      'a family of no bug',
    );
  });

  test('names in bugs/README.md the bugs of each patch of the series', () => {
    const text = readFileSync(join(BANK, 'README.md'), 'utf8');
    const section = text.slice(text.indexOf('## The seven patches')).split('\n## ')[0] ?? '';
    for (let patch = 1; patch <= 7; patch++) {
      const row = section.split('\n').find((line) => line.startsWith(`| ${patch} |`)) ?? '';
      const named = [...row.matchAll(/\[([^\]]+)\]\(\1\/\)/g)].map(([, id]) => id);
      const ofPatch = BUGS.filter((bug) => bug.series.includes(patch)).map((bug) => bug.id);
      assert.deepEqual(named.sort(), [...ofPatch].sort(), `patch ${patch}`);
    }
  });

  test('holds patches that the compiler accepts', () => {
    assert.deepEqual(complaintsAbout(BUGS), []);
  });
});

describe('each bug', () => {
  const clean = loadHarness(compiledRoot());
  for (const bug of BUGS) {
    test(`${bug.id}: ${bug.title}`, () => {
      assert.deepEqual(readdirSync(bug.directory).sort(), ['bug.json', 'bug.patch', 'seed']);
      assert.ok(['driver', 'dma'].includes(bug.area), `area ${bug.area}`);
      for (const { path } of patchedSources(bug)) {
        assert.match(path, /^src\/(driver|dma)\//);
        assert.ok(existsSync(resolve(projectRoot(), path)), `${path} is new`);
      }
      assert.deepEqual(
        bug.oracles.filter((id) => !ORACLE_IDS.includes(id)),
        [],
      );
      assert.equal(new Set(bug.oracles).size, bug.oracles.length, 'an oracle is named twice');
      assert.ok(readFileSync(seedFile(bug)).length <= MOST_SEED_BYTES, 'the seed is not minimised');

      assert.equal(nameOf(run(clean, bug)), 'ok', 'without the bug');
      const build = loadHarness(buildBug(bug));
      const first = run(build, bug);
      assert.equal(first.kind === 'finding' ? first.finding.oracle : first.kind, bug.oracles[0]);
      for (let repetition = 2; repetition <= 10; repetition++) assert.equal(nameOf(run(build, bug)), nameOf(first));
      const others = run(build, bug, bug.oracles.slice(0, 1));
      assert.equal(others.kind, isAlone(bug) ? 'ok' : 'finding', nameOf(others));
      if (others.kind === 'finding') assert.ok(bug.oracles.includes(others.finding.oracle), nameOf(others));
    });
  }
});
