import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';
import { missing, treeOf } from '../linux/kernel-bench.js';
import { missingSwiotlb } from '../linux/swiotlb-bench.js';
import { runCli } from './run-cli.js';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'linux-command-'));
});

after(() => {
  rmSync(folder, { recursive: true });
});

describe('vringfuzz linux: wrong use', { skip: missing('6.12') }, () => {
  it('wants one source, and says what is wrong with it', () => {
    for (const [args, reason] of [
      [[], /takes one of --source TREE and --debian SERIES/],
      [['--source', folder, '--debian', '6.12'], /takes one of/],
      [['--source', folder], /is no kernel tree: it has no Makefile; give the folder/],
      [['--debian', 'bookworm'], /takes a kernel series such as 6\.12, not bookworm/],
      [['--variant', 'fast'], /Allowed choices are coverage, kasan/],
    ] as const) {
      const { status, stderr } = runCli('linux', 'build', ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, reason);
      assert.equal(stderr.trim().split('\n').length, 1);
    }
    const { status, stderr } = runCli('replay', 'corpus', '--driver', 'linux:5.99');
    assert.equal(status, 2);
    assert.match(stderr, /no such build .*vringfuzz linux build --debian 5\.99/);
  });
});

describe('vringfuzz linux: bounce buffers of the kernel', { skip: missingSwiotlb('6.12') }, () => {
  it('builds of the variants what the patch changes, and runs it over its own pool', () => {
    const tree = treeOf('6.12') ?? '';
    const patch = join(projectRoot(), 'tests', 'linux', 'patches', 'bounce-original-of-first.patch');
    const { status, stdout, stderr } = runCli('linux', 'build', '--source', tree, '--patch', patch);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /variant kasan is left out: the patch changes nothing in it/);
    assert.doesNotMatch(stdout, /^kasan/m);
    assert.match(stdout, /^swiotlb +\d+ edges, .*\n +swiotlb\.c, SHA-256 [0-9a-f]{64}$/m);
    const next = /next: vringfuzz fuzz bounce_fuzzer --driver (linux:[0-9a-f]{12})$/m.exec(stdout)?.[1] ?? '';
    const seed = join('corpus', 'bounce_fuzzer', 'seed', 'partial-syncs-6144-at-0x100');
    const described = runCli('describe', seed, '--driver', next);
    assert.match(described.stdout, /driver +kernel\/dma\/swiotlb\.c:\w+ \(line \d+\)/);
    assert.match(described.stdout, /bucket +(bounce-mismatch|disclosure)\.swiotlb-/);
  });

  it('is what the target of bounce buffers runs on, and that another build is not is told', () => {
    const tree = treeOf('6.12') ?? '';
    const seed = join('corpus', 'bounce_fuzzer', 'seed', 's04-nothing-written');
    for (const variant of ['kasan', 'swiotlb']) {
      assert.equal(runCli('linux', 'build', '--source', tree, '--variant', variant).status, 0);
    }
    const described = (driver: string): ReturnType<typeof runCli> =>
      runCli('describe', seed, '--target', 'linux_bounce_fuzzer', '--driver', driver);
    const own = described('linux:6.12');
    assert.equal(own.status, 0, own.stderr);
    assert.equal(own.stderr, '');
    assert.match(own.stdout, /OK\n$/);
    const other = described('linux:6.12:kasan');
    assert.match(
      other.stderr,
      /^vringfuzz: linux_bounce_fuzzer bounces through vringfuzz's own swiotlb: linux:[0-9a-f]{12} brings none\n$/,
    );
  });

  it('leaves the variant out for a tree without them, and refuses it where it is asked for', () => {
    const tree = join(folder, 'ring-only');
    cpSync(treeOf('6.12') ?? '', tree, { recursive: true });
    rmSync(join(tree, 'kernel'), { recursive: true });
    const refused = runCli('linux', 'build', '--source', tree, '--variant', 'swiotlb');
    assert.equal(refused.status, 2);
    assert.match(
      refused.stderr,
      /has no kernel\/dma\/swiotlb\.c: variant swiotlb is not supported; use --variant kasan/,
    );
    const built = runCli('linux', 'build', '--source', tree);
    assert.equal(built.status, 0, built.stderr);
    assert.match(built.stderr, /variant swiotlb is left out: the kernel 6\.12\.\d+ has no kernel\/dma\/swiotlb\.c/);
    assert.match(built.stdout, /^kasan /m);
  });
});

describe('vringfuzz linux: build and run', { skip: missing('6.12') }, () => {
  it('builds a tree, names the build, and the build runs', () => {
    const tree = treeOf('6.12') ?? '';
    const built = runCli('linux', 'build', '--source', tree, '--variant', 'kasan');
    assert.equal(built.status, 0, built.stderr);
    assert.match(built.stdout, /^kernel +6\.12\.\d+$/m);
    assert.match(built.stdout, /^source +virtio_ring\.c, SHA-256 [0-9a-f]{64}$/m);
    assert.match(built.stdout, /^kasan +\d+ edges, /m);
    const json = runCli('linux', 'build', '--source', tree, '--variant', 'kasan', '--json');
    const { builds } = JSON.parse(json.stdout) as { builds: readonly [{ key: string; cached: boolean }] };
    const [{ key, cached }] = builds;
    assert.equal(cached, true);
    assert.match(runCli('linux', 'list').stdout, new RegExp(`kasan +${key}`));
    const seed = join('corpus', 'split_ring_fuzzer', 'seed', 'v04-min');
    const described = runCli('describe', seed, '--driver', `linux:${key}`);
    assert.equal(described.status, 0, described.stderr);
    assert.match(described.stdout, /driver +drivers\/virtio\/virtio_ring\.c:\w+ \(line \d+\)/);
    assert.match(described.stdout, /bucket +early-unmap\.virtio-ring-detach-buf-split\.buffer-in-flight/);
  });

  it('builds a patched copy, and names it by its key', () => {
    const patch = join(folder, 'note.patch');
    writeFileSync(
      patch,
      '--- a/drivers/virtio/virtio_ring.c\n+++ b/drivers/virtio/virtio_ring.c\n@@ -0,0 +1 @@\n+/* */\n',
    );
    const tree = treeOf('6.12') ?? '';
    const { status, stdout } = runCli('linux', 'build', '--source', tree, '--patch', patch, '--variant', 'coverage');
    assert.equal(status, 0);
    assert.match(stdout, /^patch +note\.patch: drivers\/virtio\/virtio_ring\.c$/m);
    assert.match(stdout, /--driver linux:[0-9a-f]{12}$/m);
  });
});
