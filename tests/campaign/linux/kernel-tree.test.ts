import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { REQUIRED_SYMBOLS, RING_SOURCE, VERBATIM_HEADERS } from '../../../src/campaign/linux/headers.js';
import { readKernelSources, sha256 } from '../../../src/campaign/linux/kernel-tree.js';

const RING = 'one\ntwo\nthree\n';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'kernel-tree-'));
});

after(() => {
  rmSync(folder, { recursive: true });
});

/** A tree that declares what is needed and nothing else. */
function makeTree(name: string, changes: Readonly<Record<string, string | null>> = {}): string {
  const tree = join(folder, name);
  const files: Record<string, string | null> = {
    Makefile: 'VERSION = 6\nPATCHLEVEL = 9\nSUBLEVEL = 3\nEXTRAVERSION = -rc1\n',
    [RING_SOURCE]: RING,
  };
  for (const header of VERBATIM_HEADERS) {
    files[`include/${header}`] = (REQUIRED_SYMBOLS[header] ?? []).map((symbol) => `int ${symbol}(void);\n`).join('');
  }
  for (const [path, text] of Object.entries({ ...files, ...changes })) {
    if (text === null) continue;
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return tree;
}

function patchFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const usage = (pattern: RegExp): object => ({ name: 'UsageError', message: pattern });

describe('kernel tree', () => {
  it('reads version, files and what the API has', () => {
    const plain = readKernelSources(makeTree('plain'), null);
    assert.equal(plain.version, '6.9.3-rc1');
    assert.equal(plain.ringHash, sha256(RING));
    assert.deepEqual(plain.api, []);
    assert.equal(plain.patch, null);
    const symbols = REQUIRED_SYMBOLS['linux/virtio.h'] ?? [];
    const text = [...symbols, 'virtqueue_resize'].map((symbol) => `int ${symbol}(int);\n`).join('');
    assert.deepEqual(readKernelSources(makeTree('newer', { 'include/linux/virtio.h': text }), null).api, [
      'HAVE_VIRTQUEUE_RESIZE',
    ]);
  });

  it('says why a folder is no kernel tree', () => {
    assert.throws(
      () => readKernelSources(join(folder, 'none'), null),
      usage(/no kernel tree: there is no such folder/),
    );
    assert.throws(() => readKernelSources(makeTree('a', { Makefile: null }), null), usage(/it has no Makefile/));
    assert.throws(
      () => readKernelSources(makeTree('b', { [RING_SOURCE]: null }), null),
      usage(/has no drivers\/virtio/),
    );
  });

  it('names what a version lacks', () => {
    const noHeader = makeTree('c', { 'include/linux/scatterlist.h': null });
    assert.throws(() => readKernelSources(noHeader, null), usage(/6\.9\.3-rc1 .* no include\/linux\/scatterlist\.h/));
    const noSymbol = makeTree('d', { 'include/linux/virtio_ring.h': 'int vring_create_virtqueue(void);\n' });
    assert.throws(
      () => readKernelSources(noSymbol, null),
      usage(/no vring_del_virtqueue in include\/linux\/virtio_ring\.h/),
    );
  });

  it('applies a patch to what it reads, and to nothing else', () => {
    const tree = makeTree('e');
    const patch = patchFile(
      'good.patch',
      `a word\n--- a/${RING_SOURCE}\n+++ b/${RING_SOURCE}\n@@ -2 +2 @@\n-two\n+2\n` +
        '--- a/fs/ext4/inode.c\n+++ b/fs/ext4/inode.c\n@@ -1 +1 @@\n-a\n+b\n',
    );
    const sources = readKernelSources(tree, patch);
    assert.equal(sources.files.get(RING_SOURCE), 'one\n2\nthree\n');
    assert.equal(sources.ringHash, sha256('one\n2\nthree\n'));
    assert.ok(sources.patch);
    assert.deepEqual(sources.patch.changed, [RING_SOURCE]);
    assert.deepEqual(sources.patch.ignored, ['fs/ext4/inode.c']);
    assert.equal(readKernelSources(tree, null).ringHash, sha256(RING));
  });

  it('refuses a patch that does not apply, changes nothing here, or is none', () => {
    const tree = makeTree('f');
    const bad = patchFile('bad.patch', `--- a/${RING_SOURCE}\n+++ b/${RING_SOURCE}\n@@ -2 +2 @@\n-four\n+4\n`);
    assert.throws(
      () => readKernelSources(tree, bad),
      usage(/does not apply to drivers.* at hunk @@ -2,1 \+2,1 @@: rebase/),
    );
    const elsewhere = patchFile('other.patch', '--- a/README\n+++ b/README\n@@ -1 +1 @@\n-a\n+b\n');
    assert.throws(() => readKernelSources(tree, elsewhere), usage(/changes no file of the build/));
    assert.throws(() => readKernelSources(tree, patchFile('text', 'hello\n')), usage(/changes no file of the build/));
    assert.throws(() => readKernelSources(tree, join(folder, 'nowhere')), usage(/there is no patch/));
  });
});
