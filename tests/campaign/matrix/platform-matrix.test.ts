// The matrix of platforms: what is counted where, how an input is moved to another platform, and that the table of docs/dma.md
// is of the form that the command writes.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { EnvironmentError } from '../../../src/campaign/errors.js';
import { countMatrix, movedTo, platformOf, type PlatformName } from '../../../src/campaign/matrix/platform-matrix.js';
import { BEGIN, END, matrixPage, withMatrix } from '../../../src/campaign/write-matrix.js';
import { matrixText } from '../../../src/report/matrix-text.js';
import {
  blankConfiguration,
  type Configuration,
  decodeConfiguration,
  encodeConfiguration,
} from '../../../src/scenario/configuration.js';
import { encodeScenario } from '../../../src/scenario/scenario.js';
import { Steps } from '../../../src/scenario/seeds/steps.js';
import { targetByName } from '../../../src/target/targets.js';

const MAPPING_ERROR = targetByName('mapping_error_fuzzer');
const PLATFORMS: readonly PlatformName[] = ['none', 'direct', 'swiotlb', 'iommu', 'iommu+swiotlb', 'vduse'];

function decoded(bytes: Uint8Array): Configuration {
  assert.ok(MAPPING_ERROR !== undefined);
  const config = blankConfiguration();
  decodeConfiguration(MAPPING_ERROR, bytes, config);
  return config;
}

describe('movedTo', () => {
  test('says the platform and changes nothing else, from wherever it comes', () => {
    const bytes = Uint8Array.of(0xff, 0x12, 0xff, 0xff, 1, 2, 3, 4);
    const before = decoded(bytes);
    for (const start of PLATFORMS) {
      for (const platform of PLATFORMS) {
        const moved = movedTo(platform, movedTo(start, bytes));
        const config = decoded(moved);
        assert.equal(platformOf(config), platform);
        const { backEnd, allocAlignMask, useDmaApi } = config;
        assert.deepEqual({ ...before, backEnd, allocAlignMask, useDmaApi }, config);
        assert.deepEqual(moved.subarray(4), bytes.subarray(4));
      }
    }
  });

  test('completes a header that is cut off', () => {
    assert.equal(platformOf(decoded(movedTo('vduse', new Uint8Array(1)))), 'vduse');
  });
});

describe('countMatrix', () => {
  test('fills every cell with honest executions, and runs hostile inputs in their own row and in the others', (context) => {
    const corpus = mkdtempSync(join(tmpdir(), 'matrix-'));
    context.after(() => {
      rmSync(corpus, { recursive: true });
    });
    const s = new Steps(false);
    const header = encodeConfiguration({ num: 4, backEnd: 'iommu' });
    const write = (target: string, name: string, bytes: Uint8Array): void => {
      mkdirSync(join(corpus, target, 'seed'), { recursive: true });
      writeFileSync(join(corpus, target, 'seed', name), bytes);
    };
    const hostile = encodeScenario('ring', { header, steps: [s.add({ in: 1 }), s.poke('desc.len', 0, 'all-ones')] });
    const honest = encodeScenario('ring', { header, steps: [s.add({ in: 1 }), s.complete(0, 'all')] });
    const bounce = encodeConfiguration({ num: 4, backEnd: 'vduse' });
    write('split_ring_fuzzer', 'hostile', hostile);
    write('split_ring_fuzzer', 'honest', honest);
    write('bounce_fuzzer', 'hostile', encodeScenario('bounce', { header: bounce, steps: [s.scribble('slot', 0)] }));
    const { rows, failure } = countMatrix({ committed: corpus, generated: corpus }, { honest: 5, seed: 3 });
    assert.equal(failure, null);
    assert.deepEqual(
      rows.map(({ platform }) => platform),
      PLATFORMS,
    );
    for (const { platform, split, packed } of rows) {
      for (const cell of [split, packed]) {
        assert.equal(cell.honest, 5, platform);
        assert.ok(cell.configurations >= 4 && cell.configurations <= 5, `${cell.configurations} configurations`);
        assert.equal(cell.findings, 0);
      }
      assert.deepEqual([packed.hostile, packed.moved], [0, 0], 'the corpus has split rings only');
    }
    const counts = (name: PlatformName): readonly (number | undefined)[] => {
      const row = rows.find(({ platform }) => platform === name);
      return [row?.split.hostile, row?.split.moved];
    };
    assert.deepEqual(PLATFORMS.map(counts), [
      [0, 1],
      [0, 1],
      [0, 2],
      [1, 0],
      [0, 2],
      [1, 1],
    ]);
  });
});

describe('the table', () => {
  const cell = { honest: 12_345, configurations: 1000, hostile: 7, moved: 8, findings: 2 };
  const table = matrixText([{ platform: 'iommu', split: cell, packed: { ...cell, findings: 0 } }]);

  test('has the sixteen cells, and one row more for the domain', () => {
    const rows = table.trimEnd().split('\n').slice(2);
    assert.equal(rows.length, 9);
    const settings = rows.map((row) => row.split(' | ').slice(0, 3).join());
    assert.equal(new Set(settings).size, 9);
    assert.ok(table.includes('| on | on | off | `iommu` | 12,345 (1,000) / 7 + 8 / 2 | 12,345 (1,000) / 7 + 8 / 0 |'));
    assert.equal(rows.filter((row) => row.endsWith('| - | - |')).length, 3, 'cells that do not exist');
  });

  test('takes the place between its marks and leaves the rest of the page', () => {
    const page = `before\n${BEGIN}\nold\n${END}\nafter\n`;
    assert.equal(withMatrix(page, 'new\n'), `before\n${BEGIN}\n\nnew\n\n${END}\nafter\n`);
    assert.equal(withMatrix(withMatrix(page, 'new\n'), 'new\n'), withMatrix(page, 'new\n'));
    assert.throws(() => withMatrix(`${END}${BEGIN}`, 'new'), EnvironmentError);
    assert.throws(() => withMatrix('nothing', 'new'), EnvironmentError);
  });

  test('of docs/dma.md has these rows, and no findings', () => {
    const page = readFileSync(matrixPage(), 'utf8');
    const written = page.slice(page.indexOf(BEGIN), page.indexOf(END));
    const heads = (text: string): readonly string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| o'))
        .map((line) => line.split(' | ').slice(0, 4).join(' | '));
    assert.deepEqual(heads(written), heads(table));
    const findings = [...written.matchAll(/\+ [\d,]+ \/ ([\d,]+)/g)].map(([, count]) => count);
    assert.equal(findings.length, 12);
    assert.deepEqual(new Set(findings), new Set(['0']));
  });
});
