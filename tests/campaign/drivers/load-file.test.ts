// What `--driver` makes of a file: a driver, or one line that says what is wrong with it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, sep } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { canRun, checkTargets } from '../../../src/campaign/drivers/driver-targets.js';
import { instrumentedPart, loadDriverFile } from '../../../src/campaign/drivers/load-file.js';
import { resolveDriver } from '../../../src/campaign/drivers/resolve-driver.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { loadHarness } from '../../../src/campaign/harness.js';
import { compiledRoot, projectRoot } from '../../../src/campaign/paths.js';
import type { TargetSpec } from '../../../src/target/target-spec.js';
import { TARGETS } from '../../../src/target/targets.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const NAIVE = join(projectRoot(), 'examples', 'naive-driver', 'naive-driver.js');

/** A file that exports the naive driver with some of its fields replaced. */
function withFields(context: TestContext, fields: string): string {
  const file = join(temporaryFolder(context), 'driver.js');
  writeFileSync(file, `exports.driver = { ...require(${JSON.stringify(NAIVE)}).driver, ${fields} };`);
  return file;
}

function refused(load: () => unknown, message: RegExp): void {
  assert.throws(load, (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

describe('a driver file', () => {
  test('is loaded, named by its hash, and instrumented in its folder', () => {
    const driver = loadDriverFile(NAIVE);
    assert.equal(driver.identity.name, 'naive');
    assert.equal(driver.identity.sha256, createHash('sha256').update(readFileSync(NAIVE)).digest('hex'));
    assert.deepEqual(driver.instrumented, [dirname(NAIVE) + sep]);
    assert.equal(driver.handle, NAIVE);
  });

  test('frames are those of its folder, helpers marked, what is installed below it left out', () => {
    const { frames } = loadDriverFile(NAIVE);
    const folder = dirname(NAIVE);
    const stack = [
      'Error: x',
      `    at NaiveQueue.load16 (${NAIVE}:201:7)`,
      `    at Object.other (${join(folder, 'node_modules', 'x', 'index.js')}:1:1)`,
      `    at NaiveQueue.release (${NAIVE}:87:7)`,
      `    at ${join(folder, 'part', 'b.js')}:3:1`,
      '    at Runner.run (/elsewhere/runner.js:5:1)',
    ];
    assert.deepEqual(frames(stack.join('\n')), [
      { file: 'naive-driver.js', function: 'load16', line: 201, helper: true },
      { file: 'naive-driver.js', function: 'release', line: 87 },
      { file: join('part', 'b.js'), function: 'anonymous', line: 3 },
    ]);
  });

  test('in a folder that holds vringfuzz itself is instrumented alone', () => {
    const file = join(projectRoot(), 'my-driver.js');
    assert.equal(instrumentedPart(file), file);
    assert.equal(instrumentedPart(join(dirname(projectRoot()), 'x.js')), join(dirname(projectRoot()), 'x.js'));
    const apart = join(projectRoot(), 'drivers', 'x.js');
    assert.equal(instrumentedPart(apart), dirname(apart) + sep);
  });

  test('loaded anew is another object, with the same identity', () => {
    const [first, second] = [loadDriverFile(NAIVE), loadDriverFile(NAIVE, { fresh: true })];
    assert.notEqual(first.module, second.module);
    assert.equal(loadDriverFile(NAIVE).module, second.module);
    assert.deepEqual(first.identity, second.identity);
  });
});

test('a target is run where the driver has its ring', () => {
  const driver = loadDriverFile(NAIVE);
  const named = (...names: string[]): TargetSpec[] => TARGETS.filter(({ name }) => names.includes(name));
  assert.deepEqual(
    TARGETS.filter((target) => !canRun(driver, target)).map(({ name }) => name),
    ['packed_ring_fuzzer', 'canary'],
  );
  checkTargets(driver, named('split_ring_fuzzer', 'packed_ring_fuzzer'), null);
  refused(() => {
    checkTargets(driver, named('packed_ring_fuzzer'), null);
  }, /driver naive has no packed ring/);
  refused(() => {
    checkTargets(driver, named('canary'), null);
  }, /canary fails in vringfuzz's own driver/);
  refused(() => {
    checkTargets(driver, TARGETS, 'V01');
  }, /--bug plants a bug in vringfuzz's own driver/);
});

describe('a file that is no driver', () => {
  test('is not there, is a folder, does not load, exports nothing of use', (context) => {
    const folder = temporaryFolder(context);
    const file = join(folder, 'x.js');
    refused(
      () => loadDriverFile(join(folder, 'nope.js')),
      /no such file; name a JavaScript file that exports a driver/,
    );
    refused(() => loadDriverFile(folder), /is not a file: name the JavaScript file/);
    const loads = (text: string): unknown => {
      writeFileSync(file, text);
      return loadDriverFile(file, { fresh: true });
    };
    refused(() => loads('throw new Error("boom\\nmore")'), /does not load: boom$/);
    refused(() => loads('1 +'), /does not load: Unexpected end of input/);
    refused(() => loads('module.exports = {}'), /exports no driver: it must set exports\.driver/);
    refused(() => loads('module.exports = 7'), /exports no driver/);
  });

  test('has another shape: the message names the field', (context) => {
    const fields = (text: string, message: RegExp): void => {
      refused(() => loadDriverFile(withFields(context, text)), message);
    };
    fields('apiVersion: 2', /written for version 2 of the driver interface, this vringfuzz has version 1/);
    fields('apiVersion: undefined', /written for version missing/);
    fields("name: '../x'", /"name" is \.\.\/x, it must be one word/);
    fields("version: ''", /"version" is missing/);
    fields("semantics: 'mine'", /"semantics" is mine, it must be "linux" or "specification"/);
    fields('features: undefined', /"features" is missing/);
    fields('features: { layouts: ["split"], inOder: [] }', /"features\.inOder" is unknown.*inOrder/);
    fields(
      'features: { layouts: ["split"], inOrder: [] }',
      /"features\.indirect" is missing, it must be true or false/,
    );
    fields('createQueues: 1', /the function "createQueues" is missing/);
    fields('frames: []', /"frames" is \[\], it must be a function/);
    fields('helpers: "x"', /"helpers" is x, it must be a list of function names/);
  });

  test('makes no queues: the message names the missing function', (context) => {
    const world = (text: string): unknown =>
      loadHarness(compiledRoot(), { driver: loadDriverFile(withFields(context, text)) });
    refused(() => world('createQueues: () => ({})'), /createQueues\(\) makes no split queue, which it claims/);
    refused(() => world('createQueues: () => ({ split: { create() {} } })'), /split queue has no function "addSgs"/);
    refused(() => world('createQueues() { throw new Error("not today") }'), /makes no queues: not today/);
    refused(
      () => world('guestMemory: () => new Uint8Array(5)'),
      /guestMemory\(\d+\) gave no Uint8Array of that length/,
    );
  });

  test('is named by nothing', () => {
    refused(() => resolveDriver(''), /--driver needs a path/);
  });
});
