// With packages made here and an apt of our own in front of the system's: nothing is downloaded.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { debianSource } from '../../../src/campaign/linux/debian-source.js';
import { RING_SOURCE } from '../../../src/campaign/linux/headers.js';
import { sha256 } from '../../../src/campaign/linux/kernel-tree.js';
import { SWIOTLB_SOURCE } from '../../../src/campaign/linux/swiotlb-files.js';
import { find } from '../../../src/campaign/linux/toolchain.js';

const SKIP = ['dpkg-deb', 'tar', 'xz'].every((tool) => find(tool) !== null) ? false : 'no dpkg-deb, tar or xz';
const PATH = process.env['PATH'] ?? '';

let folder = '';

/** A package of the kernel's source with these files in its archive. */
function makePackage(files: readonly string[]): string {
  const work = mkdtempSync(join(folder, 'package-'));
  const source = join(work, 'linux-source-6.9');
  for (const path of files) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), `${path} of the package\n`);
  }
  const root = join(work, 'root');
  mkdirSync(join(root, 'usr', 'src'), { recursive: true });
  mkdirSync(join(root, 'DEBIAN'));
  writeFileSync(
    join(root, 'DEBIAN', 'control'),
    'Package: linux-source-6.9\nVersion: 6.9.3-1\nArchitecture: all\nMaintainer: nobody <n@example.org>\nDescription: test\n',
  );
  const archive = join(root, 'usr', 'src', 'linux-source-6.9.tar.xz');
  execFileSync('tar', ['-cJf', archive, '-C', work, 'linux-source-6.9']);
  const deb = join(work, 'linux-source-6.9_6.9.3-1_all.deb');
  execFileSync('dpkg-deb', ['-Zgzip', '--build', root, deb], { stdio: 'ignore' });
  return deb;
}

/** apt that knows this package, and counts its downloads. */
function useApt(deb: string): () => number {
  const bin = mkdtempSync(join(folder, 'bin-'));
  const log = join(bin, 'downloads');
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script(
    'apt-cache',
    `printf 'Package: linux-source-6.9\\nVersion: 6.9.3-1\\nSHA256: ${sha256(readFileSync(deb))}\\n'`,
  );
  script('apt-get', `echo x >> ${log}\ncp ${deb} .`);
  process.env['PATH'] = `${bin}:${PATH}`;
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0);
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'debian-source-'));
});

after(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true });
});

describe("source of Debian's package", { skip: SKIP }, () => {
  it('is unpacked once, with what the package has of what a build can use', () => {
    const downloads = useApt(makePackage(['Makefile', 'COPYING', RING_SOURCE, SWIOTLB_SOURCE, 'fs/ext4/inode.c']));
    const cache = join(folder, 'once');
    const { tree, package: name } = debianSource('6.9', cache);
    assert.equal(name, 'linux-source-6.9 6.9.3-1');
    assert.equal(readFileSync(join(tree, SWIOTLB_SOURCE), 'utf8'), `${SWIOTLB_SOURCE} of the package\n`);
    assert.equal(existsSync(join(tree, 'fs')), false);
    assert.equal(debianSource('6.9', cache).tree, tree);
    // Headers that this package has not are not looked for again.
    assert.equal(downloads(), 1);
  });

  it('is unpacked again where an earlier version took less out of it', () => {
    const downloads = useApt(makePackage(['Makefile', 'COPYING', RING_SOURCE, SWIOTLB_SOURCE]));
    const cache = join(folder, 'again');
    const { tree } = debianSource('6.9', cache);
    rmSync(join(tree, SWIOTLB_SOURCE));
    rmSync(join(tree, '.unpacked'));
    debianSource('6.9', cache);
    assert.equal(downloads(), 2);
    assert.ok(existsSync(join(tree, SWIOTLB_SOURCE)));
    assert.deepEqual(readdirSync(dirname(tree)), [tree.slice(dirname(tree).length + 1)], 'nothing is left beside it');
  });

  it('is refused where the download is another one than the index says', () => {
    const deb = makePackage(['Makefile', RING_SOURCE]);
    useApt(deb);
    writeFileSync(deb, 'something else');
    assert.throws(() => debianSource('6.9', join(folder, 'changed')), {
      name: 'EnvironmentError',
      message: /has SHA-256 .*, apt's index says .*: not used/,
    });
  });
});
