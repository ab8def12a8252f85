// Flags for libFuzzer that users may pass on, and those that would take the run away from vringfuzz.

import assert from 'node:assert/strict';
import { join, sep } from 'node:path';
import { describe, test } from 'node:test';

import { checkRawFlags, engineArguments, memoryLimit } from '../../../src/campaign/engine/engine-flags.js';
import { UsageError } from '../../../src/campaign/errors.js';

describe('checkRawFlags', () => {
  test('lets other flags pass', () => {
    checkRawFlags([]);
    checkRawFlags(['-use_value_profile=1', '-dict=words.dict']);
  });

  test('refuses flags that it sets itself, with the option to use', () => {
    assert.throws(() => checkRawFlags(['-max_len=12']), new UsageError('-max_len is set by vringfuzz: use --max-len'));
    assert.throws(() => checkRawFlags(['-use_cmp=0', '-runs=5']), /use --runs/);
  });

  test('refuses flags that start other processes, and what is no flag', () => {
    for (const flag of ['-fork=1', '-jobs=2', '-merge=1', '-minimize_crash=1']) {
      assert.throws(() => checkRawFlags([flag]), /starts other processes/);
    }
    assert.throws(() => checkRawFlags(['--use_value_profile']), /not a flag of libFuzzer/);
  });
});

describe('memoryLimit', () => {
  test('is a gigabyte, and more than the starting process ever had, whose peak the engine inherits', () => {
    assert.equal(memoryLimit(200 * 1024), 1024);
    assert.equal(memoryLimit(2000 * 1024), 2512);
  });
});

describe('engineArguments', () => {
  const options = { root: join(sep, 'tree'), target: 'canary', corpus: [join(sep, 'c')], seed: 3, maxLength: 132 };

  test('instruments nothing but the driver and the DMA back ends', () => {
    const words = engineArguments(options, join(sep, 'artifacts'));
    const includes = words.filter((_, index) => words[index - 1] === '-i');
    assert.deepEqual(includes, [join(sep, 'tree', 'src', 'driver') + sep, join(sep, 'tree', 'src', 'dma') + sep]);
  });

  test('instruments a driver from outside instead, or nothing where it has counters of its own', () => {
    const includes = (instrumented: readonly string[]): readonly string[] => {
      const words = engineArguments({ ...options, instrumented }, join(sep, 'artifacts'));
      return words.filter((_, index) => words[index - 1] === '-i');
    };
    assert.deepEqual(includes([join(sep, 'mine') + sep]), [join(sep, 'mine') + sep]);
    // The engine takes a path that contains any of them, and everything without any of them.
    const [none, ...more] = includes([]);
    assert.ok(none !== undefined && none !== '' && more.length === 0);
    assert.ok(!join(sep, 'tree', 'src', 'dma', 'direct.js').includes(none));
  });

  test('passes limits only when there are some, and flags of libFuzzer last', () => {
    const words = engineArguments({ ...options, runs: 0, rawFlags: ['-use_cmp=0'] }, join(sep, 'artifacts'));
    const flags = words.slice(words.indexOf('--') + 1);
    assert.ok(flags.includes('-runs=0'));
    assert.ok(!flags.some((flag) => flag.startsWith('-max_total_time')));
    assert.equal(flags.at(-1), '-use_cmp=0');
  });
});
