// Compiles the kernel's ring and the shim around it to one WebAssembly module. The kernel's file is laid beside its headers
// and compiled as it is; only it is instrumented.

import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { LinuxVariant } from '../../linux/linux-build.js';
import { makeFolder } from '../atomic-file.js';
import { EnvironmentError, UsageError } from '../errors.js';
import { projectRoot } from '../paths.js';
import { HEADER_ALIASES, OPTIONAL_HEADERS, RING_SOURCE, SHIM_HEADERS, VERBATIM_HEADERS } from './headers.js';
import type { KernelSources } from './kernel-tree.js';
import { firstReason, runTool } from './run-tool.js';
import { SWIOTLB_CONFIG, SWIOTLB_FILES, SWIOTLB_SHIM_HEADERS, SWIOTLB_SOURCE, swiotlbLack } from './swiotlb-files.js';
import type { Toolchain } from './toolchain.js';

/** Where the shim's C files are: sources only, in a checkout as in an installed package. */
export function shimFolder(): string {
  return join(projectRoot(), 'src', 'linux', 'shim');
}

export function shimFiles(): readonly string[] {
  return readdirSync(shimFolder())
    .filter((name) => /\.[ch]$/.test(name))
    .sort();
}

const LANGUAGE = [
  '--target=wasm32-unknown-unknown',
  '-mbulk-memory',
  '-std=gnu11',
  '-O2',
  '-g1',
  '-D__KERNEL__',
  '-DCONFIG_HAS_DMA',
  '-DCONFIG_DMA_NEED_SYNC',
  '-ffreestanding',
  '-fno-strict-aliasing',
  '-fwrapv',
  // What a variable holds before it is written is the same in every execution, and not zero.
  '-ftrivial-auto-var-init=pattern',
  '-fdebug-compilation-dir=.',
];

/** Loads and stores are told of by the instrumentation of KASAN, else by that of the coverage. */
const KASAN = [
  '-fsanitize-coverage=inline-8bit-counters,trace-cmp',
  ...['-Xclang', '-fsanitize=kernel-address'],
  ...['-mllvm', '-asan-instrumentation-with-call-threshold=0'],
  ...['-mllvm', '-asan-stack=0'],
  ...['-mllvm', '-asan-globals=0'],
  // A second load of the same field is checked as well: it may be a double fetch.
  ...['-mllvm', '-asan-opt-same-temp=0'],
];
const INSTRUMENTATION: Readonly<Record<LinuxVariant, readonly string[]>> = {
  coverage: ['-fsanitize-coverage=inline-8bit-counters,trace-cmp,trace-loads,trace-stores'],
  kasan: KASAN,
  swiotlb: KASAN,
};

/**
 * Of the shim. Clang 16 gives calls of the instrumentation no place in the sources, which may not be where the called function
 * has one; and functions that are left out would be told to stand where the first ones of the module are.
 */
const PLACELESS = '-g0';
const RUNTIME: Readonly<Record<LinuxVariant, readonly string[]>> = {
  coverage: [PLACELESS],
  kasan: [PLACELESS, '-DVRINGFUZZ_KASAN'],
  swiotlb: [PLACELESS, '-DVRINGFUZZ_KASAN', '-DVRINGFUZZ_SWIOTLB'],
};

/**
 * Of what is instrumented and of what the instrumentation calls: compiled together when they are linked, so that the checks
 * before loads and stores stand where they are made (a sixth of an execution).
 */
const TOGETHER = ['-flto'];

const LINK = [
  '--lto-O2',
  // Each counter is counted up in a place of its own, by which it is known (disassembly.ts).
  ...['-mllvm', '-sink-common-insts=false'],
  '--no-entry',
  '--import-memory',
  '--initial-memory=4194304',
  '--max-memory=4194304',
  '-z',
  'stack-size=65536',
  '--stack-first',
  '--export=__stack_pointer',
  '--export=__heap_base',
  '--export-if-defined=__wasm_call_ctors',
];

/** All flags of a variant: a part of a build's identity. */
export function flagsOf(variant: LinuxVariant): readonly string[] {
  const config = variant === 'swiotlb' ? SWIOTLB_CONFIG : [];
  return [...LANGUAGE, ...TOGETHER, ...INSTRUMENTATION[variant], ...RUNTIME[variant], ...config, ...LINK];
}

export interface CompileOptions {
  readonly sources: KernelSources;
  readonly variant: LinuxVariant;
  /** Macros for the kernel's file, such as `DEBUG` or `CONFIG_X=1`. */
  readonly defines: readonly string[];
  readonly tools: Toolchain;
}

/** Compiles in `folder`, which is empty; the path of the linked module. Throws UsageError naming what the kernel's file lacks. */
export function compileRing(folder: string, { sources, variant, defines, tools }: CompileOptions): string {
  if (variant === 'swiotlb') checkSwiotlb(sources);
  layOut(folder, sources, variant);
  const shim = shimFolder();
  const common = [...LANGUAGE, ...sources.api.map((macro) => `-D${macro}`), '-Iinclude', `-I${shim}`];
  const mapped = [...common, `-ffile-prefix-map=${shim}=shim`];
  const compile = (source: string, object: string, flags: readonly string[]): void => {
    const { ok, stderr } = runTool(tools.clang, [...mapped, ...flags, '-c', source, '-o', object], { cwd: folder });
    if (!ok) throw compileError(sources.version, stderr);
  };
  const macros = defines.map((macro) => `-D${macro}`);
  const kernel = [...TOGETHER, ...INSTRUMENTATION[variant], ...macros, '-w'];
  compile(RING_SOURCE, 'ring.o', kernel);
  compile(join(shim, 'glue.c'), 'glue.o', [PLACELESS]);
  compile(join(shim, 'maps.c'), 'maps.o', [PLACELESS]);
  compile(join(shim, 'runtime.c'), 'runtime.o', [...TOGETHER, ...RUNTIME[variant]]);
  compile(join(shim, 'counters.c'), 'counters.o', [PLACELESS]);
  if (variant === 'swiotlb') {
    compile(SWIOTLB_SOURCE, 'swiotlb.o', [...kernel, ...SWIOTLB_CONFIG]);
    compile(join(shim, 'bounce.c'), 'bounce.o', [PLACELESS, ...macros, ...SWIOTLB_CONFIG]);
  }
  const bounce = variant === 'swiotlb' ? ['swiotlb.o', 'bounce.o'] : [];
  const objects = ['counters.o', 'runtime.o', 'ring.o', ...bounce, 'maps.o', 'glue.o'];
  const { ok, stderr } = runTool(tools.linker, [...LINK, ...objects, '-o', 'linked.wasm'], { cwd: folder });
  if (!ok) throw linkError(sources.version, stderr);
  return join(folder, 'linked.wasm');
}

function checkSwiotlb({ version, files }: KernelSources): void {
  const lack = swiotlbLack(files);
  if (lack === null) return;
  throw new UsageError(`the kernel ${version} has ${lack}: variant swiotlb is not supported; use --variant kasan`);
}

export function layOut(folder: string, { files }: KernelSources, variant: LinuxVariant = 'kasan'): void {
  const write = (path: string, text: string): void => {
    const file = join(folder, path);
    makeFolder(dirname(file));
    writeFileSync(file, text);
  };
  write(RING_SOURCE, files.get(RING_SOURCE) ?? '');
  for (const header of VERBATIM_HEADERS) write(`include/${header}`, files.get(`include/${header}`) ?? '');
  for (const header of OPTIONAL_HEADERS) {
    const text = files.get(`include/${header}`);
    if (text !== undefined) write(`include/${header}`, text);
  }
  for (const [alias, header] of Object.entries(HEADER_ALIASES)) {
    write(`include/${alias}`, files.get(`include/${header}`) ?? '');
  }
  for (const header of SHIM_HEADERS) write(`include/${header}`, '#include "kernel.h"\n');
  if (variant !== 'swiotlb') return;
  for (const path of SWIOTLB_FILES) write(path, files.get(path) ?? '');
  for (const header of SWIOTLB_SHIM_HEADERS) write(`include/${header}`, '#include "kernel.h"\n');
}

function compileError(version: string, stderr: string): Error {
  const header = /'([^']+\.h)' file not found/.exec(stderr)?.[1];
  if (header !== undefined) {
    return new UsageError(
      `the kernel ${version} includes ${header}, which is on neither list of src/campaign/linux/headers.ts: ` +
        'this version is not supported yet',
    );
  }
  if (isFull(stderr)) return new EnvironmentError('no space left on the device; free some space');
  const error = /^(.*?:\d+):\d+: (?:fatal )?error: (.*)$/m.exec(stderr);
  const what = error === null ? firstReason(stderr) : `${error[1] ?? ''}: ${error[2] ?? ''}`;
  return new UsageError(`the kernel ${version} does not compile with the shim: ${what}`);
}

function linkError(version: string, stderr: string): Error {
  const symbol = /undefined symbol: (\S+)/.exec(stderr)?.[1];
  if (symbol !== undefined) {
    return new UsageError(
      `the kernel ${version} calls ${symbol}, which the shim does not have: this version is not supported yet`,
    );
  }
  if (isFull(stderr)) return new EnvironmentError('no space left on the device; free some space');
  return new EnvironmentError(`wasm-ld fails: ${firstReason(stderr)}`);
}

function isFull(stderr: string): boolean {
  return /no space left on device/i.test(stderr);
}
