// The page of the oracles: what the generator makes of registry and bugs, and that the committed page is its work.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { loadBugs } from '../../src/campaign/bugs/bug-bank.js';
import { projectRoot } from '../../src/campaign/paths.js';
import { currentOraclePage, oraclePage } from '../../src/campaign/write-docs.js';
import type { OracleInfo } from '../../src/oracle/oracle.js';
import { ORACLES } from '../../src/oracle/registry.js';
import { type DocumentedBug, oracleDocs } from '../../src/report/oracle-docs.js';

function oracle(id: string, claim: string): OracleInfo {
  return { id, claim, source: `source of ${id}`, severity: 'high', cwe: 415 };
}

function bug(id: string, oracles: readonly string[]): DocumentedBug {
  return { id, title: `title of ${id}`, target: 'split_ring_fuzzer', oracles };
}

/** The part of the page about one oracle. */
function sectionOf(page: string, id: string): string {
  const parts = page.split(/^## /m).filter((part) => part.startsWith(`${id}\n`));
  assert.equal(parts.length, 1, `sections about ${id}`);
  return parts[0] ?? '';
}

describe('oracleDocs', () => {
  const oracles = [oracle('one', 'a | b'), oracle('two', 'second claim')];
  const page = oracleDocs(oracles, [bug('B1', ['two', 'one']), bug('B2', ['one'])]);

  test('states claim, severity, weakness, source and file of each oracle', () => {
    const section = sectionOf(page, 'two');
    for (const part of ['second claim', '| high: ', 'CWE-415', 'source of two', 'src/oracle/two.ts'])
      assert.ok(section.includes(part), part);
  });

  test('lists a bug at its first oracle and nowhere else', () => {
    assert.match(sectionOf(page, 'two'), /B1.*title of B1/);
    assert.doesNotMatch(sectionOf(page, 'one'), /B1/);
    assert.match(sectionOf(page, 'one'), /B2.*title of B2/);
  });

  test('says so where no bug has an oracle first', () => {
    assert.match(sectionOf(oracleDocs(oracles, [bug('B1', ['two'])]), 'one'), /^None\.$/m);
  });

  test('keeps a bar inside its table cell', () => {
    assert.ok(page.includes('a \\| b |'));
  });

  test('refuses a bug whose first oracle it does not know', () => {
    assert.throws(() => oracleDocs(oracles, [bug('B1', ['three'])]), /bug B1: no oracle three/);
    assert.throws(() => oracleDocs(oracles, [bug('B1', [])]), /bug B1: no oracle/);
  });
});

describe('docs/oracles.md', () => {
  test('is what the generator writes (npm run docs)', () => {
    assert.equal(readFileSync(oraclePage(), 'utf8'), currentOraclePage());
  });

  test('has a section for each oracle, whose file exists', () => {
    const page = readFileSync(oraclePage(), 'utf8');
    for (const { id } of ORACLES) {
      sectionOf(page, id);
      assert.ok(existsSync(join(projectRoot(), 'src', 'oracle', `${id}.ts`)), id);
    }
  });

  test('names a planted bug for each oracle', () => {
    const first = new Set(loadBugs().map(({ oracles }) => oracles[0]));
    assert.deepEqual(
      ORACLES.map(({ id }) => id).filter((id) => !first.has(id)),
      // It compares a driver from outside with ours: tests/world/driver-comparison.test.ts.
      ['driver-divergence'],
    );
  });
});
