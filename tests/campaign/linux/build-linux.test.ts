import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type BuildResult, buildLinux } from '../../../src/campaign/linux/build-linux.js';
import { loadBuild, storedBuilds } from '../../../src/campaign/linux/build-folder.js';
import { RING_SOURCE } from '../../../src/campaign/linux/headers.js';
import { readKernelSources } from '../../../src/campaign/linux/kernel-tree.js';
import { findToolchain } from '../../../src/campaign/linux/toolchain.js';
import { missing, treeOf } from '../../linux/kernel-bench.js';

const skip = missing('6.12');

let root = '';

before(() => {
  root = mkdtempSync(join(tmpdir(), 'linux-build-'));
});

after(() => {
  rmSync(root, { recursive: true });
});

/** `lines` are put in front of the kernel's file. */
function build(change: { lines?: string; defines?: readonly string[]; force?: boolean } = {}): BuildResult {
  const { lines, defines = [], force = false } = change;
  let patch: string | null = null;
  if (lines !== undefined) {
    patch = join(root, 'lines.patch');
    writeFileSync(patch, `--- a/${RING_SOURCE}\n+++ b/${RING_SOURCE}\n@@ -0,0 +1 @@\n+${lines}\n`);
  }
  const sources = readKernelSources(treeOf('6.12') ?? '', patch);
  const tools = findToolchain();
  return buildLinux({
    sources,
    package: 'test',
    variant: 'coverage',
    defines,
    tools,
    root: join(root, 'builds'),
    force,
  });
}

const leftovers = (): readonly string[] => readdirSync(join(root, 'builds')).filter((name) => name.startsWith('.'));

describe('build of the kernel', { skip }, () => {
  it('builds once, and finds it by its content', () => {
    const first = build();
    assert.equal(first.cached, false);
    assert.ok(first.build.record.edges > 300, String(first.build.record.edges));
    assert.equal(first.build.record.kernelVersion.startsWith('6.12.'), true);
    assert.deepEqual(first.build.record.api, [
      'HAVE_VIRTQUEUE_RESIZE',
      'HAVE_VIRTQUEUE_RESET',
      'HAVE_PREMAPPED_QUEUES',
      'HAVE_UNBREAK_DEVICE',
      'HAVE_QUEUE_DMA',
      'HAVE_CREATE_DMA',
      'HAVE_UNDERSCORED_SYNC',
      'HAVE_PRIVATE_METADATA',
      'CLOSES_V28',
      'CLOSES_V29',
    ]);
    const second = build();
    assert.equal(second.cached, true);
    assert.equal(second.build.folder, first.build.folder);
    assert.equal(build({ force: true }).cached, false);
    assert.equal(storedBuilds(join(root, 'builds')).length, 1);
    assert.deepEqual(leftovers(), []);
  });

  it('makes the same module each time, with lines of the kernel and no debug information', () => {
    const { folder } = build().build;
    const before = readFileSync(join(folder, 'driver.wasm'));
    build({ force: true });
    assert.ok(before.equals(readFileSync(join(folder, 'driver.wasm'))));
    assert.equal(before.includes('.debug_'), false);
    const { places } = loadBuild(build().build).symbols;
    const detach = places.flat().filter((place) => place.function === 'detach_buf_split');
    assert.ok(detach.length > 5);
    assert.ok(detach.every(({ file }) => file === RING_SOURCE));
    assert.equal(
      places.flat().some(({ file }) => file.startsWith('/')),
      false,
      'a path of this machine',
    );
  });

  it('keeps builds of other sources and macros apart', () => {
    const plain = build().build.record;
    const patched = build({ lines: '/* changed */' }).build.record;
    assert.notEqual(patched.key, plain.key);
    assert.notEqual(patched.sourceHash, plain.sourceHash);
    assert.equal(patched.patch?.name, 'lines.patch');
    const defined = build({ defines: ['SOMETHING=1'] }).build.record;
    assert.notEqual(defined.key, plain.key);
    assert.equal(defined.sourceHash, plain.sourceHash);
  });

  it('names what it cannot build, and leaves nothing behind', () => {
    const usage = (message: RegExp): object => ({ name: 'UsageError', message });
    const count = storedBuilds(join(root, 'builds')).length;
    assert.throws(
      () => build({ lines: '#include <linux/nonesuch.h>' }),
      usage(/includes linux\/nonesuch\.h, which is on neither list/),
    );
    const call = 'int nonesuch(void); __attribute__((used)) int use_it(void) { return nonesuch(); }';
    assert.throws(() => build({ lines: call }), usage(/calls nonesuch, which the shim does not have/));
    assert.throws(
      () => build({ lines: 'int broken = ;' }),
      usage(/does not compile with the shim: drivers\/virtio\/virtio_ring\.c:1: expected/),
    );
    assert.throws(() => build({ defines: ['1X'] }), usage(/--define takes NAME or NAME=VALUE, not 1X/));
    assert.equal(storedBuilds(join(root, 'builds')).length, count);
    assert.deepEqual(leftovers(), []);
  });

  it('never uses what an interrupted build left, and removes it after a while', () => {
    const builds = join(root, 'builds');
    const old = join(builds, '.tmp-old');
    mkdirSync(old);
    cpSync(build().build.folder, join(old, 'half'), { recursive: true });
    utimesSync(old, new Date(0), new Date(0));
    mkdirSync(join(builds, '.tmp-new'));
    assert.equal(
      storedBuilds(builds).some(({ folder }) => folder.includes('.tmp')),
      false,
    );
    build();
    assert.equal(existsSync(old), false);
    assert.equal(existsSync(join(builds, '.tmp-new')), true);
    rmSync(join(builds, '.tmp-new'), { recursive: true });
  });

  it('says that a damaged build must be made again', () => {
    const stored = build({ lines: '/* damaged */' }).build;
    writeFileSync(join(stored.folder, 'driver.wasm'), 'nothing');
    assert.throws(() => loadBuild(stored), {
      name: 'EnvironmentError',
      message: /cannot be loaded .* remove .* and build again/,
    });
    writeFileSync(join(stored.folder, 'build.json'), '{');
    assert.throws(() => storedBuilds(join(root, 'builds')), {
      name: 'EnvironmentError',
      message: /cannot be read .* build again/,
    });
    rmSync(stored.folder, { recursive: true });
  });
});
