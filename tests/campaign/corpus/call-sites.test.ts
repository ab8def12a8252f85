// The lists of shared reads and failure points: found in sources by the interface that a call goes through, counted while
// inputs run.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { type CallSite, driverCallSites } from '../../../src/campaign/corpus/call-sites.js';
import { corpusFolders, corpusTargets, readCorpus } from '../../../src/campaign/corpus/corpus-inputs.js';
import { COMMITTED_KINDS } from '../../../src/campaign/corpus/manifest.js';
import { SiteRecorder } from '../../../src/campaign/corpus/site-recorder.js';
import { findTarget } from '../../../src/campaign/harness.js';
import { committedCorpus, compiledRoot, projectRoot } from '../../../src/campaign/paths.js';
import { GuestMemory } from '../../../src/memory/guest-memory.js';
import { TARGETS } from '../../../src/target/targets.js';
import { execute } from '../../../src/world/execute.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const PLATFORM = `
export interface MemoryView { load16(at: number): number; store16(at: number, value: number): void }
export interface Transport { notify(): boolean }
export interface Other { load16(at: number): number }
`;

const DRIVER = `
import type { MemoryView, Other, Transport } from '../platform/platform.js';
export class Ring {
  constructor(private readonly memory: MemoryView, private readonly other: Other) {}
  id(at: number): number {
    return at < 0 ? 0 : this.memory.load16(at);
  }
  again(at: number): number { return this.id(at); }
  sum(at: number): number {
    return this.memory.load16(at) + this.other.load16(at);
  }
}
export function take(ring: Ring, transport: Transport): boolean {
  const id = ring.again(1);
  if (!transport.notify()) return false;
  return ring.id(2) === id;
}
`;

function shown({ file, line, function: name, callee, methods }: CallSite): string {
  return `${file}:${line} ${name} ${callee} ${methods.join()}`;
}

describe('driverCallSites', () => {
  test('follows values that are only handed on, and takes no other interface for the platform', (context) => {
    const root = temporaryFolder(context);
    for (const folder of ['driver', 'platform']) mkdirSync(join(root, 'src', folder), { recursive: true });
    writeFileSync(join(root, 'src', 'platform', 'platform.ts'), PLATFORM);
    writeFileSync(join(root, 'src', 'driver', 'driver.ts'), DRIVER);
    assert.deepEqual(driverCallSites(root).map(shown), [
      'src/driver/driver.ts:10 Ring.sum load16 load16',
      'src/driver/driver.ts:14 take again load16',
      'src/driver/driver.ts:15 take notify notify',
      'src/driver/driver.ts:16 take id load16',
    ]);
  });

  test('finds the reads of the ring and the failure points of the driver, where they are used', () => {
    const sites = driverCallSites(projectRoot());
    const names = sites.map((site) => `${site.function} ${site.callee}`);
    for (const name of [
      'SplitQueue.getBuf deviceUsedId',
      'SplitQueue.poll deviceUsedIdx',
      'PackedQueue.kickPrepare deviceEventSnapshot',
      'PackedQueue.addDirect mapPiece',
      'RingQueue.notify notify',
      'RingQueue.allocate kmalloc',
    ]) {
      assert.ok(names.includes(name), name);
    }
    for (const { file, line, callee } of sites) {
      const text = readFileSync(join(projectRoot(), file), 'utf8').split('\n')[line - 1] ?? '';
      assert.ok(text.includes(`${callee}(`), `${file}:${line} calls ${callee}: ${text}`);
    }
  });

  test('no sources are a matter of the machine', (context) => {
    assert.throws(() => driverCallSites(temporaryFolder(context)), /cannot read the driver's sources/);
  });
});

describe('SiteRecorder', () => {
  test('counts calls, shared reads and failures at their sites, and leaves the platform as it was', () => {
    const before = Reflect.get(GuestMemory.prototype, 'load16') as unknown;
    const recorder = new SiteRecorder(driverCallSites(projectRoot()), compiledRoot());
    const target = findTarget(TARGETS, 'mapping_error_fuzzer');
    const seed = (name: string): Uint8Array =>
      Uint8Array.from(readFileSync(join(committedCorpus(), target.name, 'seed', name)));
    const of = (name: string): { calls: number; failures: number; shared: number } => {
      const found = recorder.sites
        .filter((site) => `${site.function} ${site.callee}` === name)
        .map((site) => recorder.of(site));
      const sum = (kind: 'calls' | 'failures' | 'shared'): number =>
        found.reduce((all, counts) => all + counts[kind], 0);
      return { calls: sum('calls'), failures: sum('failures'), shared: sum('shared') };
    };
    recorder.during(() => execute(target, seed('split-direct-map-3-fails')));
    assert.ok(of('SplitQueue.addDirect mapPiece').failures > 0);
    assert.ok(of('SplitQueue.addDirect mapPiece').calls > of('SplitQueue.addDirect mapPiece').failures);
    assert.equal(of('RingQueue.notify notify').failures, 0);
    const moreUsed = of('SplitQueue.moreUsed deviceUsedIdx');
    assert.ok(moreUsed.shared > 0 && moreUsed.shared === moreUsed.calls);
    assert.equal(Reflect.get(GuestMemory.prototype, 'load16'), before);
    const calls = moreUsed.calls;
    execute(target, seed('split-direct-map-3-fails'));
    assert.equal(of('SplitQueue.moreUsed deviceUsedIdx').calls, calls, 'only what happens during the job');
  });

  test('what the driver reads back from its own tables is not shared', () => {
    const recorder = new SiteRecorder(driverCallSites(projectRoot()), compiledRoot());
    const target = findTarget(TARGETS, 'split_ring_fuzzer');
    const seed = readFileSync(join(committedCorpus(), target.name, 'seed', 'split-indirect-direct'));
    recorder.during(() => execute(target, Uint8Array.from(seed)));
    const table = recorder.sites.find(({ callee }) => callee === 'recordedLen');
    assert.ok(table !== undefined);
    const { calls, shared } = recorder.of(table);
    assert.ok(calls > 0);
    assert.equal(shared, 0);
  });
});

describe('the committed corpus', () => {
  test('reaches every read of shared memory, and every failure point has failed', () => {
    const recorder = new SiteRecorder(driverCallSites(projectRoot()), compiledRoot());
    recorder.during(() => {
      for (const target of corpusTargets([])) {
        for (const { bytes } of readCorpus(corpusFolders(undefined), target.name, COMMITTED_KINDS).inputs) {
          execute(target, bytes);
        }
      }
    });
    const unreached = recorder.sites.filter((site) => recorder.of(site).calls === 0);
    assert.deepEqual(unreached.map(shown), []);
    const failurePoints = recorder.sites.filter(({ platform }) => platform !== 'MemoryView');
    assert.ok(failurePoints.length >= 15, `${failurePoints.length} failure points`);
    assert.deepEqual(failurePoints.filter((site) => recorder.of(site).failures === 0).map(shown), []);
  });
});
