// `vringfuzz linux build`: compiles the ring driver of a kernel tree, so that everything else can run it; `linux list` says
// what is there.

import { relative } from 'node:path';

import { Argument, type Command, Option } from 'commander';

import { type StoredBuild, linuxFolder, storedBuilds } from '../campaign/linux/build-folder.js';
import { corpusFolders } from '../campaign/corpus/corpus-inputs.js';
import { edgeCoverage } from '../campaign/linux/edge-coverage.js';
import { chosenBuild } from '../campaign/linux/linux-driver.js';
import { buildLinux } from '../campaign/linux/build-linux.js';
import { debianSource } from '../campaign/linux/debian-source.js';
import { type KernelSources, readKernelSources } from '../campaign/linux/kernel-tree.js';
import { filesOf, swiotlbLack } from '../campaign/linux/swiotlb-files.js';
import { findToolchain } from '../campaign/linux/toolchain.js';
import { UsageError } from '../campaign/errors.js';
import { LINUX_VARIANTS, type LinuxVariant } from '../linux/linux-build.js';
import { coverageText } from '../report/linux-coverage-text.js';
import { textTable } from '../report/text-table.js';
import { note } from './options.js';

interface LinuxOptions {
  readonly source?: string;
  readonly debian?: string;
  readonly patch?: string;
  readonly define: readonly string[];
  readonly variant?: LinuxVariant;
  readonly force?: boolean;
  readonly driver?: string;
  readonly corpus?: string;
  readonly json?: boolean;
}

/** Version of the JSON documents. */
const SCHEMA = 1;

const HELP = `
Needs clang 16 or newer, wasm-ld and llvm: apt-get install --no-install-recommends clang-19 lld-19 llvm-19
--debian needs apt-get, but not root. No kernel text is kept in the repository: builds lie in build/linux.

Examples:
  vringfuzz linux build --debian 6.12
  vringfuzz linux build --source ~/linux
  vringfuzz linux build --source ~/linux --patch fix.patch
  vringfuzz fuzz split_ring_fuzzer --driver linux:6.12

Exit code: 0 built or found, 1 compiler, package, network or disk, 2 wrong use, no kernel tree or one that is not supported.`;

export function addLinuxCommand(program: Command): void {
  program
    .command('linux')
    .description("build the kernel's own ring driver, to run it under the oracles; list what was built")
    .addArgument(new Argument('<action>', 'what to do').choices(['build', 'list', 'coverage']))
    .option('--source <tree>', 'folder of a kernel tree')
    .option('--debian <series>', 'kernel source package of Debian, such as 6.12 or 6.1')
    .option('--patch <file>', 'apply this unified diff to a copy first')
    .addOption(
      new Option('--define <macro>', 'macro for the kernel file, NAME or NAME=VALUE; may be repeated')
        .argParser((macro: string, macros: readonly string[]) => [...macros, macro])
        .default([], 'none'),
    )
    .addOption(new Option('--variant <name>', 'only this one (default: all)').choices([...LINUX_VARIANTS]))
    .option('--force', 'build again what is there')
    .option('--driver <build>', 'coverage: of this build, such as linux:6.12 (default: the last one)')
    .option('--corpus <dir>', 'coverage: folder of the corpus (default: corpus)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action((action: 'build' | 'list' | 'coverage', options: LinuxOptions) => {
      if (action === 'build') build(options);
      else if (action === 'list') list(options.json === true);
      else coverage(options);
    });
}

function build(options: LinuxOptions): void {
  const root = linuxFolder();
  const tools = findToolchain();
  const source = sourceOf(options, root);
  const sources = readKernelSources(source.tree, options.patch ?? null);
  const json = options.json === true;
  if (!json) {
    print('kernel', `${sources.version}${source.package === null ? '' : ` (${source.package})`}`);
    print('source', `virtio_ring.c, SHA-256 ${sources.ringHash}`);
    print('compiler', tools.version);
    if (sources.patch !== null) print('patch', `${sources.patch.name}: ${sources.patch.changed.join(', ')}`);
  }
  for (const path of sources.patch?.ignored ?? []) note(`the patch changes ${path}, which the build does not use`);
  const variants = options.variant === undefined ? variantsOf(sources) : [options.variant];
  const builds = variants.map((variant) => {
    const started = performance.now();
    const { define: defines, force } = options;
    const common = { sources, package: source.package, defines, tools, root, force: force === true };
    const { build: built, cached } = buildLinux({ ...common, variant });
    const seconds = (performance.now() - started) / 1000;
    if (!json)
      print(
        variant,
        `${built.record.edges} edges, ${shown(built)}, ${cached ? 'there already' : `${seconds.toFixed(1)} s`}`,
      );
    if (!json && built.record.swiotlbHash !== undefined) print('', `swiotlb.c, SHA-256 ${built.record.swiotlbHash}`);
    return { ...built.record, folder: built.folder, cached, seconds };
  });
  if (json) process.stdout.write(`${JSON.stringify({ schema: SCHEMA, builds })}\n`);
  else process.stdout.write(`\nnext: vringfuzz fuzz ${targetFor(builds[0])} --driver ${nameFor(builds[0])}\n`);
}

/** Those that the tree can be built in and, where there is a patch, that it changes. What is left out is told. */
function variantsOf(sources: KernelSources): readonly LinuxVariant[] {
  return LINUX_VARIANTS.filter((variant) => {
    const lack = variant === 'swiotlb' ? swiotlbLack(sources.files) : null;
    const files = filesOf(sources.files, variant);
    const unchanged = sources.patch !== null && !sources.patch.changed.some((path) => files.has(path));
    if (lack !== null) note(`variant ${variant} is left out: the kernel ${sources.version} has ${lack}`);
    else if (unchanged) note(`variant ${variant} is left out: the patch changes nothing in it`);
    return lack === null && !unchanged;
  });
}

/** A changed kernel has to be named by its build; another one is the newest of its series. */
function nameFor(record: StoredBuild['record'] | undefined): string {
  if (record === undefined) return 'linux';
  const changed = record.patch !== null || record.defines.length > 0;
  return `linux:${changed ? record.key : record.kernelVersion.split('.').slice(0, 2).join('.')}`;
}

/** A change of the bounce buffers alone shows where everything is bounced. */
function targetFor(record: StoredBuild['record'] | undefined): string {
  return record?.variant === 'swiotlb' ? 'bounce_fuzzer' : 'split_ring_fuzzer';
}

function sourceOf({ source, debian }: LinuxOptions, root: string): { tree: string; package: string | null } {
  if ((source === undefined) === (debian === undefined)) {
    throw new UsageError('linux build takes one of --source TREE and --debian SERIES; see vringfuzz linux --help');
  }
  return source === undefined ? debianSource(debian ?? '', root) : { tree: source, package: null };
}

function list(json: boolean): void {
  const builds = storedBuilds(linuxFolder());
  if (json) {
    const all = builds.map(({ folder, record }) => ({ ...record, folder }));
    process.stdout.write(`${JSON.stringify({ schema: SCHEMA, builds: all })}\n`);
    return;
  }
  if (builds.length === 0) {
    process.stdout.write('no build yet: vringfuzz linux build --debian 6.12\n');
    return;
  }
  const rows = builds.map(({ record }) => [
    record.kernelVersion,
    record.variant,
    record.key,
    String(record.edges),
    record.patch?.name ?? '',
    record.defines.join(' '),
  ]);
  process.stdout.write(textTable(['kernel', 'variant', 'key', 'edges', 'patch', 'defines'], rows));
}

function coverage({ driver = 'linux', corpus, json }: LinuxOptions): void {
  const build = chosenBuild(driver.replace(/^linux:?/, ''), storedBuilds(linuxFolder()));
  const result = edgeCoverage(build, corpusFolders(corpus));
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ schema: SCHEMA, key: build.record.key, ...result })}\n`);
    return;
  }
  process.stdout.write(coverageText(result));
}

function shown({ folder }: StoredBuild): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') ? folder : path;
}

function print(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(9)} ${value}\n`);
}
