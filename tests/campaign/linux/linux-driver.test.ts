import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BUILD_SCHEMA, type BuildRecord, type StoredBuild } from '../../../src/campaign/linux/build-folder.js';
import { chosenBuild } from '../../../src/campaign/linux/linux-driver.js';

function stored(key: string, change: Partial<BuildRecord>): StoredBuild {
  const record: BuildRecord = {
    schemaVersion: BUILD_SCHEMA,
    key,
    kernelVersion: '6.12.117',
    package: null,
    sourceHash: '',
    variant: 'kasan',
    api: [],
    patch: null,
    defines: [],
    compiler: '',
    edges: 1,
    ...change,
  };
  return { folder: key, record, made: 0 };
}

/** The newest first. */
const BUILDS = [
  stored('patched', { patch: { name: 'fix.patch', hash: '' } }),
  stored('debug', { defines: ['DEBUG'] }),
  stored('new-coverage', { variant: 'coverage' }),
  stored('new-kasan', {}),
  stored('old-kasan', { kernelVersion: '6.1.192' }),
  stored('older', { kernelVersion: '6.12.100' }),
];

describe('choice of a build', () => {
  const chosen = (version: string): string => chosenBuild(version, BUILDS).folder;

  it('is the newest unchanged one with KASAN, of the version that is named', () => {
    assert.equal(chosen(''), 'new-kasan');
    assert.equal(chosen('6.12'), 'new-kasan');
    assert.equal(chosen('6.1'), 'old-kasan');
    assert.equal(chosen('6.12.100'), 'older');
    assert.equal(chosen('6.12:coverage'), 'new-coverage');
    assert.equal(chosen('coverage'), 'new-coverage');
  });

  it('is a patched one only where its key is named', () => {
    assert.equal(chosen('patched'), 'patched');
    assert.equal(chosen('debug'), 'debug');
  });

  it('is another variant where only that was built', () => {
    assert.equal(chosenBuild('', [stored('only', { variant: 'coverage' })]).folder, 'only');
  });

  it('is one of the preferred variant where there is one and none is named, else one with KASAN', () => {
    const builds = [...BUILDS, stored('pool', { kernelVersion: '6.1.192', variant: 'swiotlb' })];
    const bounced = (version: string): string => chosenBuild(version, builds, 'swiotlb').folder;
    assert.equal(bounced(''), 'pool');
    assert.equal(bounced('6.1'), 'pool');
    assert.equal(bounced('6.12'), 'new-kasan');
    assert.equal(bounced('6.1:kasan'), 'old-kasan');
    assert.equal(bounced('new-coverage'), 'new-coverage');
    assert.equal(chosenBuild('', builds).folder, 'new-kasan');
    const patched = stored('fixed-pool', { variant: 'swiotlb', patch: { name: 'fix.patch', hash: '' } });
    assert.equal(chosenBuild('', [patched, ...BUILDS], 'swiotlb').folder, 'new-kasan');
  });

  it('says what there is and how to build what there is not', () => {
    const usage = (message: RegExp): object => ({ name: 'UsageError', message });
    assert.throws(
      () => chosen('5.10'),
      usage(/no such build \(6\.12\.117 kasan patched, .*linux build --debian 5\.10/),
    );
    assert.throws(() => chosenBuild('', []), usage(/none at all.*linux build --debian 6\.12/));
    assert.throws(() => chosen('6.1:coverage'), usage(/no such build/));
    assert.throws(() => chosen('6.12:6.1'), usage(/name a version or build, and a variant/));
  });
});
