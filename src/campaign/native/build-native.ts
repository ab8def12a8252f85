// Builds the native harness (bench/native): the same kernel file as a machine program under libFuzzer, to compare speeds
// with. Each build is made anew in the folder of whoever wants it: it takes some seconds, and nothing refers to it later.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { OPERATIONS } from '../../scenario/operations.js';
import { makeFolder } from '../atomic-file.js';
import { SMALL_OPERATIONS } from '../engine/small-workload.js';
import { EnvironmentError } from '../errors.js';
import { layOut, shimFolder } from '../linux/compile-ring.js';
import { RING_SOURCE } from '../linux/headers.js';
import type { KernelSources } from '../linux/kernel-tree.js';
import { firstReason, runTool } from '../linux/run-tool.js';
import { projectRoot } from '../paths.js';

export interface NativeOptions {
  readonly sources: KernelSources;
  readonly clang: string;
  /** With AddressSanitizer. */
  readonly asan: boolean;
}

const PARTS = ['host', 'ledger', 'device', 'hostile', 'fuzz'] as const;

const COMMON = ['-std=gnu11', '-O2', '-g1', '-fno-strict-aliasing', '-fwrapv', '-ftrivial-auto-var-init=pattern'];
const KERNEL = ['-D__KERNEL__', '-DCONFIG_HAS_DMA', '-DCONFIG_DMA_NEED_SYNC', '-ffreestanding', '-w'];
/** That of the WebAssembly build, as far as libFuzzer has a use for it. */
const COVERAGE = '-fsanitize-coverage=inline-8bit-counters,trace-cmp';

/** Folder of the harness's own C files. */
export function nativeFolder(): string {
  return join(projectRoot(), 'bench', 'native');
}

/** Builds in `folder`, which is empty; the path of the program. Throws EnvironmentError saying what to install. */
export function buildNative(folder: string, { sources, clang, asan }: NativeOptions): string {
  layOut(folder, sources);
  writeFileSync(join(folder, 'operations.h'), operationsHeader());
  const common = [...COMMON, ...(asan ? ['-fsanitize=address'] : [])];
  const shim = [...KERNEL, ...sources.api.map((macro) => `-D${macro}`), '-Iinclude', `-I${nativeFolder()}`];
  // The C library has a poll() of its own.
  const glue = [...shim, `-I${shimFolder()}`, '-Dpoll=ring_poll'];
  const compile = (source: string, object: string, flags: readonly string[]): void => {
    run(clang, [...common, ...flags, '-c', source, '-o', object], folder);
  };
  compile(RING_SOURCE, 'ring.o', [...shim, `-I${shimFolder()}`, COVERAGE]);
  compile(join(shimFolder(), 'glue.c'), 'glue.o', glue);
  for (const part of PARTS) compile(join(nativeFolder(), `${part}.c`), `${part}.o`, ['-I.', '-Wall', '-Wextra']);
  const objects = ['ring.o', 'glue.o', ...PARTS.map((part) => `${part}.o`)];
  run(clang, ['-fsanitize=fuzzer', ...common, ...objects, '-o', 'native'], folder);
  return join(folder, 'native');
}

/** Throws EnvironmentError where this clang cannot link a fuzzer: before anything is measured. */
export function checkLibFuzzer(clang: string, folder: string): void {
  makeFolder(folder);
  writeFileSync(
    join(folder, 'empty.c'),
    'int LLVMFuzzerTestOneInput(const char *data, long size)\n{\n\treturn 0;\n}\n',
  );
  run(clang, ['-fsanitize=fuzzer', '-w', 'empty.c', '-o', 'empty'], folder);
}

/** The operations by name, and what each value of a record's first byte means: the harness has no copy of its own. */
export function operationsHeader(): string {
  const names = OPERATIONS.map((name) => `OP_${name.toUpperCase().replaceAll('-', '_')}`);
  return [
    '/* Written by src/campaign/native/build-native.ts. */',
    `enum { ${names.join(', ')} };`,
    '#define FIRST_DEVICE_OPERATION OP_COMPLETE',
    '#define LAST_DEVICE_OPERATION OP_RAW_BYTE',
    `static const unsigned char operation_of[256] = { ${[...SMALL_OPERATIONS].join(', ')} };`,
    '',
  ].join('\n');
}

function run(clang: string, options: readonly string[], cwd: string): void {
  const { ok, stderr } = runTool(clang, options, { cwd });
  if (ok) return;
  if (/libclang_rt|clang_rt\.|-lstdc\+\+/.test(stderr)) {
    const version = /-(\d+)$/.exec(clang)?.[1] ?? '19';
    throw new EnvironmentError(
      `${clang} has no libFuzzer here, which the native harness needs: apt-get install --no-install-recommends libclang-rt-${version}-dev libstdc++-12-dev`,
    );
  }
  throw new EnvironmentError(`${clang} does not build the native harness: ${firstReason(stderr)}`);
}
