// The engine's real addons, changed in the places meant and nowhere else; anything else refused in plain words.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { ElfCompatError, adaptAddon } from '../../../src/campaign/engine/elf-compat.js';
import { projectRoot } from '../../../src/campaign/paths.js';

const SECTION_DYNSYM = 11;
const SECTION_VERNEED = 0x6ffffffe;
const SECTION_VERSYM = 0x6fffffff;

function addon(architecture: string): Buffer {
  const prebuilds = join(projectRoot(), 'node_modules', '@jazzer.js', 'fuzzer', 'prebuilds');
  return readFileSync(join(prebuilds, `fuzzer-linux-${architecture}.node`));
}

/** Offset and size of the only section of a type. */
function section(image: Buffer, type: number): { offset: number; size: number } {
  const table = Number(image.readBigUInt64LE(40));
  for (let index = 0; index < image.readUInt16LE(60); index++) {
    const at = table + index * 64;
    if (image.readUInt32LE(at + 4) === type) {
      return { offset: Number(image.readBigUInt64LE(at + 24)), size: Number(image.readBigUInt64LE(at + 32)) };
    }
  }
  throw new Error('no such section');
}

/** Indices of the entries of `entrySize` bytes that differ in the section; throws when other bytes differ anywhere. */
function changedEntries(before: Buffer, after: Buffer, type: number, entrySize: number): number[] {
  const { offset, size } = section(before, type);
  const entries = Array.from({ length: Math.floor(size / entrySize) }, (_, index) => index);
  const slice = (image: Buffer, index: number): Buffer =>
    image.subarray(offset + index * entrySize, offset + (index + 1) * entrySize);
  return entries.filter((index) => !slice(before, index).equals(slice(after, index)));
}

describe('adaptAddon', () => {
  for (const architecture of ['x64', 'arm64']) {
    test(`changes two versions and two symbols of the ${architecture} addon, and nothing else`, () => {
      const before = addon(architecture);
      const copy = Buffer.from(before);
      const after = adaptAddon(before);
      assert.ok(before.equals(copy), 'the argument is left alone');
      assert.equal(after.length, before.length);

      const symbols = changedEntries(before, after, SECTION_DYNSYM, 24);
      assert.equal(symbols.length, 2);
      assert.deepEqual(
        changedEntries(before, after, SECTION_VERSYM, 2),
        symbols,
        'the same symbols get another version',
      );
      const dynsym = section(before, SECTION_DYNSYM).offset;
      for (const index of symbols) {
        const name = dynsym + index * 24;
        assert.equal(after.readUInt32LE(name) - before.readUInt32LE(name), '__isoc23_'.length);
      }

      const versions = changedEntries(before, after, SECTION_VERNEED, 16);
      assert.equal(versions.length, 2);
      const verneed = section(before, SECTION_VERNEED).offset;
      for (const index of versions) {
        assert.equal(after.readUInt16LE(verneed + index * 16 + 4), before.readUInt16LE(verneed + index * 16 + 4) | 2);
      }

      const differing = before.reduce((count, byte, at) => count + (byte === after[at] ? 0 : 1), 0);
      assert.ok(differing <= 2 + 2 * 2 + 2 * 4, `${String(differing)} bytes differ`);
    });
  }

  test('refuses an addon in which another symbol needs a missing version', () => {
    const image = addon('x64');
    const adapted = adaptAddon(image);
    const [symbol = 0] = changedEntries(image, adapted, SECTION_VERSYM, 2);
    const versym = section(image, SECTION_VERSYM).offset;
    // Symbol 1 gets the version that __isoc23_strtol has.
    image.writeUInt16LE(image.readUInt16LE(versym + symbol * 2), versym + 2);
    assert.throws(() => adaptAddon(image), /needs a library version that this system lacks/);
  });

  test('refuses an adapted addon whose versions are known under other names', () => {
    const image = addon('x64');
    for (let at = image.indexOf('GLIBC'); at >= 0; at = image.indexOf('GLIBC', at + 1)) {
      image.write('glibc', at, 'latin1');
    }
    assert.throws(() => adaptAddon(image), ElfCompatError);
  });

  test('refuses what is no addon with a reason', () => {
    const script = Buffer.from('#!/bin/sh\n'.padEnd(100));
    assert.throws(() => adaptAddon(Buffer.alloc(0)), /not a 64-bit little-endian ELF file/);
    assert.throws(() => adaptAddon(script), /not a 64-bit little-endian ELF file/);
    const otherMachine = addon('x64');
    otherMachine.writeUInt16LE(8, 18);
    assert.throws(() => adaptAddon(otherMachine), /unknown processor architecture/);
  });

  test('refuses every truncated file, and never fails otherwise on a damaged one', () => {
    const image = addon('x64');
    for (let length = 0; length < image.length; length += 9973) {
      assert.throws(() => adaptAddon(image.subarray(0, length)), ElfCompatError);
    }
    const { offset, size } = section(image, SECTION_VERNEED);
    for (let at = offset; at < offset + size; at += 3) {
      const damaged = Buffer.from(image);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at);
      try {
        adaptAddon(damaged);
      } catch (error) {
        assert.ok(error instanceof ElfCompatError, String(error));
      }
    }
  });
});
