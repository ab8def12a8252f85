// The native harness: it builds from the same sources, and agrees with the oracles about which inputs end in a violation.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { EnvironmentError } from '../../../src/campaign/errors.js';
import { runTool } from '../../../src/campaign/linux/run-tool.js';
import { type KernelSources, readKernelSources } from '../../../src/campaign/linux/kernel-tree.js';
import { findToolchain } from '../../../src/campaign/linux/toolchain.js';
import { SMALL_LENGTH, smallInput } from '../../../src/campaign/engine/small-workload.js';
import {
  buildNative,
  checkLibFuzzer,
  nativeFolder,
  operationsHeader,
} from '../../../src/campaign/native/build-native.js';
import { nativeRate } from '../../../src/campaign/native/native-run.js';
import { projectRoot } from '../../../src/campaign/paths.js';
import { pseudoRandomInputs } from '../../../src/campaign/replay/replay-loop.js';
import { OPERATIONS } from '../../../src/scenario/operations.js';
import { targetByName } from '../../../src/target/targets.js';
import { execute } from '../../../src/world/execute.js';
import { driverOf, missing, treeOf } from '../../linux/kernel-bench.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const CLOSED = join(projectRoot(), 'bugs', 'linux', 'known-holes-closed.patch');

/** For the `skip` of a test. */
function missingHere(context: TestContext): string | false {
  const reason = missing('6.12');
  if (reason !== false) return reason;
  try {
    checkLibFuzzer(findToolchain().clang, join(temporaryFolder(context), 'check'));
    return false;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return error.message;
  }
}

function sources(patch: string | null): KernelSources {
  return readKernelSources(treeOf('6.12') ?? '', patch);
}

function build(context: TestContext, patch: string | null, asan: boolean): string {
  return buildNative(temporaryFolder(context), { sources: sources(patch), clang: findToolchain().clang, asan });
}

/** How many executions of these files end in a violation. */
function violations(program: string, files: readonly string[]): number {
  const { stderr } = runTool(program, files);
  const count = /native: (\d+) executions ended/.exec(stderr)?.[1];
  assert.ok(count !== undefined, stderr);
  return Number(count);
}

describe('the native harness', () => {
  test('with the known holes closed nothing fires, under AddressSanitizer neither; its rate is told', async (context) => {
    const reason = missingHere(context);
    if (reason !== false) {
      context.skip(reason);
      return;
    }
    const corpus = temporaryFolder(context);
    pseudoRandomInputs(64, SMALL_LENGTH).forEach((bytes, k) => {
      writeFileSync(join(corpus, String(k)), bytes);
    });
    const program = build(context, CLOSED, true);
    const result = await nativeRate({ program, corpus, runs: 30_000, seed: 1, maxLength: SMALL_LENGTH });
    assert.equal(result.violations, 0);
    assert.ok(result.executionsPerSecond > 0);
  });

  test('on the file as it is, whatever its ledger sees the oracles see as well', (context) => {
    const reason = missingHere(context);
    if (reason !== false) {
      context.skip(reason);
      return;
    }
    const target = targetByName('linux_split_fuzzer') ?? assert.fail();
    const driver = driverOf('6.12', 'coverage');
    const folder = temporaryFolder(context);
    const files = pseudoRandomInputs(1500, SMALL_LENGTH).map((bytes, k) => {
      const input = new Uint8Array(SMALL_LENGTH);
      smallInput(bytes, input);
      const file = join(folder, String(k));
      writeFileSync(file, input);
      return { file, found: execute(target, input, { driver }).kind === 'finding' };
    });
    const program = build(context, null, false);
    const all = violations(
      program,
      files.map(({ file }) => file),
    );
    const found = files.filter((each) => each.found).map(({ file }) => file);
    assert.ok(all > 5, `${all} violations of ${files.length} inputs`);
    assert.equal(violations(program, found), all, 'the ledger sees something that the oracles do not');
  });

  test('a program that ends early is told, with what it said', async (context) => {
    const program = join(temporaryFolder(context), 'native');
    writeFileSync(program, '#!/bin/sh\necho "no memory at 1 MiB" >&2\nexit 2\n');
    chmodSync(program, 0o755);
    await assert.rejects(
      nativeRate({ program, corpus: temporaryFolder(context), runs: 1, seed: 1, maxLength: 4 }),
      (error) => error instanceof EnvironmentError && /ended with 2: no memory at 1 MiB/.test(error.message),
    );
  });
});

describe('building it', () => {
  test('a clang without libFuzzer is refused with what to install', (context) => {
    const folder = temporaryFolder(context);
    const clang = join(folder, 'clang-18');
    writeFileSync(clang, '#!/bin/sh\necho "ld: cannot find libclang_rt.fuzzer-x86_64.a: No such file" >&2\nexit 1\n');
    chmodSync(clang, 0o755);
    assert.throws(
      () => {
        checkLibFuzzer(clang, join(folder, 'check'));
      },
      (error) => error instanceof EnvironmentError && /apt-get install .*libclang-rt-18-dev/.test(error.message),
    );
  });

  test('its operations are those of the harness, and every one that it names exists', () => {
    const header = operationsHeader();
    const names = /enum \{ (.*) \};/.exec(header)?.[1]?.split(', ') ?? [];
    assert.equal(names.length, OPERATIONS.length);
    assert.equal(/operation_of\[256\] = \{ (.*) \};/.exec(header)?.[1]?.split(', ').length, 256);
    const used = ['device', 'hostile', 'fuzz'].flatMap((part) =>
      [...readFileSync(join(nativeFolder(), `${part}.c`), 'utf8').matchAll(/\bOP_\w+/g)].map(([name]) => name),
    );
    assert.ok(used.length > 20);
    for (const name of used) assert.ok(names.includes(name), name);
  });
});
