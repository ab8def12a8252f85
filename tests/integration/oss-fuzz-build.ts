// An OSS-Fuzz build for tests: the real oss-fuzz/build.sh with the folders that the images set, a stand-in for the tool
// that they bring, and a finished $OUT that is moved away and handed to a user who cannot write to it.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { compiledRoot, projectRoot } from '../../src/campaign/paths.js';

/** nobody: files of root are read-only for it. Root itself may write to anything, whatever the mode says. */
const OTHER_USER = 65534;

const isRoot = process.getuid?.() === 0;

/** Why a build cannot be tested on this machine, or false. */
export function whyNot(): string | false {
  if (process.platform !== 'linux') return 'OSS-Fuzz builds run on Linux only';
  for (const tool of ['bash', 'zip', 'unzip']) {
    if (spawnSync(tool, ['--help']).error !== undefined) return `${tool} is not installed`;
  }
  const asOther = spawnSync(process.execPath, ['-e', ''], { uid: OTHER_USER, gid: OTHER_USER });
  if (isRoot && asOther.status !== 0) return `${process.execPath} cannot be run by another user than root`;
  return false;
}

export class OssFuzzBuild {
  /** Where $OUT came to lie: below a folder whose name must not confuse the choice of what is instrumented. */
  readonly out: string;
  private readonly unpacked = new Map<string, string>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'vringfuzz-oss-fuzz-'));

  constructor() {
    this.out = join(this.folder, 'elsewhere', 'dist', 'src', 'out');
    chmodSync(this.folder, 0o755);
    this.build();
    this.layOutAdapter();
  }

  remove(): void {
    spawnSync('chmod', ['-R', 'u+w', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A new empty folder that whoever runs the wrappers may write to. */
  writable(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    chmodSync(path, 0o777);
    return path;
  }

  /** The unpacked seed corpus of a target. */
  seeds(target: string): string {
    const known = this.unpacked.get(target);
    if (known !== undefined) return known;
    const folder = this.writable(`seeds-${target}`);
    const unzip = this.run('unzip', ['-q', join(this.out, `${target}_seed_corpus.zip`), '-d', folder]);
    assert.equal(unzip.status, 0, unzip.stderr);
    this.unpacked.set(target, folder);
    return folder;
  }

  /** Runs a command in the working directory that schedulers use, as somebody who cannot write to $OUT. */
  run(command: string, words: readonly string[], environment: Record<string, string> = {}): SpawnSyncReturns<string> {
    return spawnSync(command, words, {
      cwd: this.out,
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
        TMPDIR: join(this.folder, 'tmp'),
        NODE_OPTIONS: `--require=${join(this.folder, 'adapter', 'tests', 'integration', 'older-glibc.js')}`,
        ...environment,
      },
      ...(isRoot ? { uid: OTHER_USER, gid: OTHER_USER } : {}),
    });
  }

  wrapper(target: string, words: readonly string[], environment?: Record<string, string>): SpawnSyncReturns<string> {
    return this.run(join(this.out, target), words, environment);
  }

  private build(): void {
    const source = join(this.folder, 'src');
    const out = join(this.folder, 'out');
    const tools = join(this.folder, 'tools');
    for (const folder of [join(source, 'vringfuzz', 'dist'), out, tools, dirname(this.out)]) {
      mkdirSync(folder, { recursive: true });
    }
    const project = projectRoot();
    for (const part of ['package.json', 'package-lock.json', 'LICENSE', 'src', 'fuzz', 'corpus', 'oss-fuzz']) {
      cpSync(join(project, part), join(source, 'vringfuzz', part), { recursive: true });
    }
    for (const part of ['src', 'fuzz']) {
      cpSync(join(compiledRoot(), part), join(source, 'vringfuzz', 'dist', part), { recursive: true });
    }
    symlinkSync(join(project, 'node_modules'), join(source, 'vringfuzz', 'node_modules'));
    const standIn = join(project, 'tests', 'integration', 'compile-javascript-fuzzer.sh');
    cpSync(standIn, join(tools, 'compile_javascript_fuzzer'));

    const run = spawnSync('bash', ['-eu', join(source, 'vringfuzz', 'oss-fuzz', 'build.sh')], {
      encoding: 'utf8',
      timeout: 120_000,
      env: {
        ...process.env,
        PATH: [tools, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
        SRC: source,
        OUT: out,
        // What `npm test` has done just before; the network is for the real build.
        VRINGFUZZ_BUILT: '1',
        VRINGFUZZ_WITH_CANARY: '1',
      },
    });
    assert.equal(run.status, 0, run.stderr);
    // What was built must not need what it was built from.
    rmSync(source, { recursive: true });
    renameSync(out, this.out);
    spawnSync('chmod', ['-R', 'a-w,a+rX', this.out]);
    this.writable('tmp');
  }

  /** Where everybody may read it: the checkout may lie in a private folder. */
  private layOutAdapter(): void {
    for (const file of ['tests/integration/older-glibc.js', 'src/campaign/engine/elf-compat.js']) {
      cpSync(join(compiledRoot(), file), join(this.folder, 'adapter', file));
    }
    spawnSync('chmod', ['-R', 'a+rX', join(this.folder, 'adapter')]);
  }
}
