// The text that the engine prints for a finding, and what ClusterFuzz and CASR read in it. The patterns are stricter than
// theirs, so that what passes here passes there.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { findingError, harnessBugError } from '../../../src/campaign/integration/crash-header.js';
import { ORACLES } from '../../../src/oracle/registry.js';
import { sampleFinding } from '../crashes/sample-finding.js';

/** The engine prints the stack behind its own words. */
function printed(error: Error): string[] {
  return `==7== Uncaught Exception: ${error.stack ?? ''}`.split('\n');
}

/** Beginnings of function names that ClusterFuzz leaves out of a crash's state, as far as a name of ours could have them. */
const SKIPPED = /^(abort|alloc|calloc|delete|free|main|malloc|new|New|operator|panic$|realloc|runtime\.)|assert|logger/;

describe('findingError', () => {
  test('has one header line with the name that ClusterFuzz looks for and a kind for CASR, for every oracle', () => {
    const kinds = ORACLES.map(({ id, claim }) => {
      const [header = '', ...frames] = printed(
        findingError({ ...sampleFinding(), oracle: id, claim }, '/out/vringfuzz'),
      );
      assert.match(header, /^==7== Uncaught Exception: Jazzer\.js: [A-Z][A-Za-z]+Error: \S/);
      assert.equal(frames.length, 2);
      return /(\S*Error):/.exec(header)?.[1];
    });
    assert.equal(new Set(kinds).size, ORACLES.length);
    assert.ok(kinds.includes('EarlyUnmapError'));
  });

  test('has frames with absolute paths, and names that no tool skips', () => {
    const names = ['freeChain', 'newTable', 'mainLoop', 'detach'].flatMap((name) => {
      const site = { file: 'src/driver/split-queue.ts', function: name, line: 155 };
      const finding = { ...sampleFinding(), oracle: 'free-list', bucket: `free-list.split-queue-${name}.cycle`, site };
      return printed(findingError(finding, '/out/vringfuzz'))
        .slice(1)
        .map((frame) => {
          const [, found = '', file = ''] = /^ {4}at ([^\s()[\]!]+) \((\/[^\s:()]+):\d+:\d+\)$/.exec(frame) ?? [];
          assert.match(file, /^\/out\/vringfuzz\/src\/(driver\/split-queue|oracle\/free-list)\.ts$/);
          return found;
        });
    });
    assert.deepEqual(names.slice(0, 2), ['split-queue.freeChain', 'oracle.free-list.cycle']);
    assert.deepEqual(
      names.filter((name) => SKIPPED.test(name)),
      [],
    );
  });

  test('says the message as the first line of the stack does: else the engine prints it anew', () => {
    const error = findingError({ ...sampleFinding(), claim: 'two\n  lines' }, '/out');
    assert.equal(error.stack?.split('\n')[0], `${error.name}: ${error.message}`);
    assert.match(error.message, /two lines/);
  });
});

describe('harnessBugError', () => {
  test('keeps the frames of what was thrown, and nothing else of it', () => {
    const stack = 'TypeError: x\n  y\n    at run (/p/src/world/runner.ts:1:2)\n    at /p/src/a.ts:3:4';
    const lines = printed(harnessBugError('x\n  y', stack));
    assert.deepEqual(lines, [
      '==7== Uncaught Exception: Jazzer.js: HarnessError: x y',
      '    at run (/p/src/world/runner.ts:1:2)',
      '    at /p/src/a.ts:3:4',
    ]);
  });
});
