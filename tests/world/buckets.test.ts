// Where a finding is said to be, and which bucket it ends in: from stacks as Node prints them, and from what oracles blame.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { CALL_CLIENT, CALL_ENABLE_CB, CALL_GET, CALL_NONE, CALL_RESIZE } from '../../src/oracle/calls.js';
import { CaseFile } from '../../src/oracle/case-file.js';
import { MEMORY_SIZE } from '../../src/memory/layout.js';
import { DETACH, DMA_MAP, Violation, blameOfPoll } from '../../src/oracle/oracle.js';
import { freeList } from '../../src/oracle/free-list.js';
import { sitesOf } from '../../src/world/driver-site.js';
import { findingOf } from '../../src/world/finding.js';

interface Situation {
  readonly packed?: boolean;
  readonly call?: number;
  readonly backEnd?: 'iommu' | 'swiotlb' | 'vduse' | 'direct' | 'none';
}

const c = new CaseFile(new Uint8Array(MEMORY_SIZE));

function inSituation({ packed = false, call = CALL_GET, backEnd = 'direct' }: Situation): CaseFile {
  c.model.packed = packed;
  c.call = call;
  c.iommu = backEnd === 'iommu';
  c.bounced = backEnd === 'swiotlb' || backEnd === 'vduse';
  c.vduse = backEnd === 'vduse';
  c.model.useDmaApi = backEnd !== 'none';
  return c;
}

/** A stack whose innermost frame comes first: `split-queue:detach:120`. */
function stackOf(...frames: readonly string[]): string {
  const lines = frames.map((frame) => {
    const [file = '', name = '', line = ''] = frame.split(':');
    const folder = ['swiotlb', 'iommu', 'dma'].includes(file) ? 'dma' : 'driver';
    return `    at Some.${name} (/somewhere/src/${folder}/${file}.ts:${line}:9)`;
  });
  return ['Violation: x', '    at fail (/somewhere/src/oracle/oracle.ts:1:1)', ...lines].join('\n');
}

function names(stack: string, situation: Situation = {}, blame?: Parameters<typeof sitesOf>[1]): readonly string[] {
  const { exact, forBucket } = sitesOf(stack, blame, inSituation(situation));
  return [`${exact.file}:${exact.function}:${exact.line ?? ''}`, `${forBucket.file}:${forBucket.function}`];
}

describe('the site of a finding', () => {
  test('is the innermost function of a queue, and for the bucket the function that was called', () => {
    assert.deepEqual(
      names(stackOf('buffer-mapper:mapPiece:30', 'split-queue:fillTable:210', 'split-queue:addSgs:40')),
      ['src/driver/split-queue.ts:fillTable:210', 'src/driver/split-queue.ts:addSgs'],
    );
  });

  test('is the end of a buffer, whoever asked for it', () => {
    const ways = [
      ['split-queue:getBuf:60'],
      ['ring-queue:detachUnusedBuf:110'],
      ['ring-queue:detachUnusedBuf:110', 'ring-queue:stop:270', 'ring-queue:resize:130'],
    ];
    for (const way of ways) {
      const sites = names(stackOf('ring-queue:releaseTable:200', 'split-queue:detach:160', ...way));
      assert.deepEqual(sites, ['src/driver/ring-queue.ts:releaseTable:200', 'src/driver/split-queue.ts:detach']);
    }
  });

  test('is in the DMA layer where nothing of the driver is on the stack', () => {
    assert.deepEqual(names(stackOf('swiotlb:copyPart:120', 'swiotlb:unmap:80', 'dma:unmap:160')), [
      'src/dma/swiotlb.ts:copyPart:120',
      'src/dma/swiotlb.ts:copyPart',
    ]);
  });

  test('is the function whose result was judged where the stack is empty', () => {
    const cases: readonly (readonly [Situation, string])[] = [
      [{ call: CALL_GET, packed: true }, 'src/driver/packed-queue.ts:getBuf'],
      [{ call: CALL_RESIZE, packed: true }, 'src/driver/ring-queue.ts:resize'],
      [{ call: CALL_ENABLE_CB }, 'src/driver/ring-queue.ts:enableCb'],
      [{ call: CALL_NONE }, 'src/driver/ring-queue.ts:destroy'],
      [{ call: CALL_CLIENT, backEnd: 'swiotlb' }, 'src/dma/swiotlb.ts:client DMA call'],
    ];
    for (const [situation, site] of cases) assert.deepEqual(names('', situation), [`${site}:`, site]);
  });

  test('is what the oracle blames, with the line where the stack has it', () => {
    const stack = stackOf('split-queue:detach:160', 'split-queue:getBuf:60');
    assert.deepEqual(names(stack, {}, DETACH), [
      'src/driver/split-queue.ts:detach:160',
      'src/driver/split-queue.ts:detach',
    ]);
    assert.deepEqual(names(stack, { packed: true }, DETACH)[1], 'src/driver/packed-queue.ts:detach');
    const files = (['none', 'direct', 'iommu', 'swiotlb', 'vduse'] as const).map(
      (backEnd) => names(stack, { backEnd }, DMA_MAP)[1],
    );
    assert.deepEqual(
      files,
      ['none', 'direct', 'iommu', 'swiotlb', 'vduse'].map((name) => `src/dma/${name}.ts:map`),
    );
    assert.equal(names('', {}, blameOfPoll('enableCb'))[1], 'src/driver/split-queue.ts:poll');
    assert.equal(names('', {}, blameOfPoll('enableCbDelayed'))[1], 'src/driver/split-queue.ts:enableCbDelayed');
  });
});

describe('the bucket of a finding', () => {
  const bucketOf = (shape: string, group?: string): string => {
    const evidence = { expected: {}, got: {}, blame: DETACH, ...(group === undefined ? {} : { group }) };
    return findingOf(new Violation(freeList, shape, evidence), inSituation({}), 1).bucket;
  };

  test('is oracle, site and shape without numbers and lines', () => {
    assert.equal(bucketOf('entry in flight'), 'free-list.split-queue-detach.entry-in-flight');
    assert.equal(bucketOf('field desc[].next'), 'free-list.split-queue-detach.field-desc-next');
  });

  test('takes the group for the shape where there is one; the finding keeps its shape', () => {
    assert.equal(bucketOf('cycle', 'list'), bucketOf('entry in flight', 'list'));
    const violation = new Violation(freeList, 'cycle', { expected: {}, got: {}, group: 'list' });
    assert.equal(findingOf(violation, inSituation({}), 1).shape, 'cycle');
  });
});
