// The kernel source of a Debian release, from its package, without root: apt downloads it and checks it against the signed
// index, we check it once more against what the index says, and only what a build needs is taken out of it.

import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { contentOrNull, makeFolder, writeFailure } from '../atomic-file.js';
import { EnvironmentError, UsageError } from '../errors.js';
import { OPTIONAL_HEADERS, RING_SOURCE, VERBATIM_HEADERS } from './headers.js';
import { sha256 } from './kernel-tree.js';
import { firstReason, runTool } from './run-tool.js';
import { SWIOTLB_FILES } from './swiotlb-files.js';
import { find } from './toolchain.js';

/** Besides headers. */
const NEEDED_FILES = ['Makefile', 'COPYING', RING_SOURCE];
/** Names in an unpacked tree what was looked for in the package. */
const MANIFEST = '.unpacked';

/** Where the series were at the end of 2026 that were tried; a suite loses the older ones. */
const SUITES: Readonly<Record<string, string>> = {
  '5.10': 'bullseye-security',
  '6.1': 'bookworm',
  '6.12': 'trixie',
  '7.2': 'sid',
  '7.3': 'trixie-backports',
};

export interface DebianSource {
  /** A folder with the files that a build needs, at their places in the tree. */
  readonly tree: string;
  /** Such as `linux-source-6.12 6.12.117-1~deb12u1`. */
  readonly package: string;
}

interface PackageRecord {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Throws UsageError for a series that makes no sense, EnvironmentError where package, network or disk fail. */
export function debianSource(series: string, cache: string): DebianSource {
  if (!/^\d+\.\d+$/.test(series)) throw new UsageError(`--debian takes a kernel series such as 6.12, not ${series}`);
  for (const tool of ['apt-cache', 'apt-get', 'dpkg-deb', 'tar', 'xz']) {
    if (find(tool) !== null) continue;
    throw new EnvironmentError(
      `--debian needs ${tool}, which is not on PATH: use --source TREE on systems without apt`,
    );
  }
  const record = lookUp(`linux-source-${series}`);
  const tree = join(cache, 'debian', `${record.name}_${record.version.replace(/[^\w.+~-]/g, '_')}`);
  if (!isComplete(tree)) fetchInto(tree, record);
  return { tree, package: `${record.name} ${record.version}` };
}

/** Whether all that a build needs today was looked for when the tree was unpacked: an earlier version may have wanted less. */
function isComplete(tree: string): boolean {
  const unpacked = contentOrNull(join(tree, MANIFEST))?.toString('utf8');
  return unpacked === manifest() || wantedFiles().every((path) => existsSync(join(tree, path)));
}

/** What a build needs or can use, in the tree. */
function wantedFiles(): readonly string[] {
  const headers = [...VERBATIM_HEADERS, ...OPTIONAL_HEADERS].map((header) => `include/${header}`);
  return [...NEEDED_FILES, ...headers, ...SWIOTLB_FILES];
}

function manifest(): string {
  return `${wantedFiles().join('\n')}\n`;
}

/** What apt would install. */
function lookUp(name: string): PackageRecord {
  const { stdout } = runTool('apt-cache', ['show', '--no-all-versions', name]);
  const field = (key: string): string => new RegExp(`^${key}: (.+)$`, 'm').exec(stdout)?.[1] ?? '';
  const version = field('Version');
  if (version === '' || field('SHA256') === '') {
    throw new EnvironmentError(
      `apt knows no package ${name}: ${whereItIs(name)}, see what there is with apt-cache search linux-source, or use --source TREE`,
    );
  }
  return { name, version, sha256: field('SHA256') };
}

/** What to do so that apt knows it. */
function whereItIs(name: string): string {
  const suite = SUITES[name.replace('linux-source-', '')];
  if (suite === undefined) return 'run apt-get update';
  return `it is in the suite ${suite} of Debian: add a line for "${suite} main" to apt's sources and run apt-get update`;
}

/** Downloads and unpacks beside `tree`, and renames at the end, so that half of one is never there under its name. */
function fetchInto(tree: string, record: PackageRecord): void {
  makeFolder(dirname(tree));
  let temporary: string | null = null;
  try {
    temporary = mkdtempSync(join(dirname(tree), '.tmp-'));
    const archive = unpackPackage(download(temporary, record), temporary);
    const unpacked = join(temporary, 'tree');
    makeFolder(unpacked);
    unpackTree(archive, unpacked);
    if (existsSync(tree)) renameSync(tree, join(temporary, 'old'));
    renameSync(unpacked, tree);
  } catch (error) {
    if (isComplete(tree)) return; // another process was faster
    throw (error as NodeJS.ErrnoException).code === undefined ? error : writeFailure(tree, error);
  } finally {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
}

function download(folder: string, { name, version, sha256: due }: PackageRecord): string {
  // As root apt would drop to a user who cannot write here.
  const options = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  const wanted = `${name}=${version}`;
  const { ok, stderr } = runTool('apt-get', [...options, 'download', wanted], { cwd: folder });
  const file = readdirSync(folder).find((entry) => entry.endsWith('.deb'));
  if (!ok || file === undefined) {
    const reason = firstReason(stderr).replace(/^E: /, '');
    throw new EnvironmentError(
      `cannot download ${name} ${version}: ${reason}; check network and disk, run apt-get update, or use --source TREE`,
    );
  }
  const deb = join(folder, file);
  const got = sha256(readFileSync(deb));
  if (got === due) return deb;
  throw new EnvironmentError(`${name} ${version} has SHA-256 ${got}, apt's index says ${due}: not used; try again`);
}

/** The archive of the source in the package. */
function unpackPackage(deb: string, folder: string): string {
  const target = join(folder, 'package');
  run('dpkg-deb', ['-x', deb, target]);
  rmSync(deb);
  const sources = join(target, 'usr', 'src');
  const archive = readdirSync(sources).find((entry) => /^linux-source-.*\.tar\.xz$/.test(entry));
  if (archive === undefined) throw new EnvironmentError(`the package has no linux-source archive in usr/src`);
  return join(sources, archive);
}

function unpackTree(archive: string, folder: string): void {
  const top = /(linux-source-[\d.]+)\.tar\.xz$/.exec(archive)?.[1] ?? '';
  const names = wantedFiles().map((path) => `${top}/${path}`);
  const { ok, stderr } = runTool('tar', ['-xJf', archive, '-C', folder, '--strip-components=1', ...names]);
  if (!ok && !onlyLacksFiles(stderr)) throw unpackError('tar', stderr);
  writeFileSync(join(folder, MANIFEST), manifest());
}

/** Versions differ in their files: tar has unpacked what there is, and a build says what it misses. */
function onlyLacksFiles(stderr: string): boolean {
  const lines = stderr.split('\n').filter((line) => line !== '');
  return lines.every((line) => /: Not found in archive$|: Exiting with failure status/.test(line));
}

function run(program: string, options: readonly string[]): void {
  const { ok, stderr } = runTool(program, options);
  if (!ok) throw unpackError(program, stderr);
}

function unpackError(program: string, stderr: string): EnvironmentError {
  return new EnvironmentError(
    `${program} cannot unpack the kernel's package: ${firstReason(stderr)}; is the disk full?`,
  );
}
