import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BACK_END_NAMES } from '../../src/dma/back-end.js';
import { FAIL_COHERENT, FAIL_KMALLOC } from '../../src/platform/failures.js';
import {
  ALLOC_ALIGN_MASKS,
  type Configuration,
  MAX_NUM,
  MIN_ALIGN_MASKS,
  POOL_SLOTS,
  USED_ALIGNMENTS,
  backEndsOf,
  blankConfiguration,
  decodeConfiguration,
  describeConfiguration,
  encodeConfiguration,
  ringSize,
  sizeByte,
} from '../../src/scenario/configuration.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { TARGETS } from '../../src/target/targets.js';

/** A target that leaves everything to the header. */
const ANY: TargetSpec = {
  name: 'any_fuzzer',
  summary: '',
  form: 'scenario',
  ring: 'any',
  backEnd: 'any',
  operations: 'ring',
  canary: false,
};

function decode(target: TargetSpec, bytes: Uint8Array): Configuration {
  const config = blankConfiguration();
  decodeConfiguration(target, bytes, config);
  return config;
}

describe('the header', () => {
  test('decodes to the same again after encoding what it decoded to, for all values of each byte', () => {
    for (let index = 0; index < 4; index++) {
      for (const others of [0, 0xff, 0x5a]) {
        for (let byte = 0; byte < 256; byte++) {
          const header = new Uint8Array(4).fill(others);
          header[index] = byte;
          const config = decode(ANY, header);
          // How many creations to skip means nothing where none fails.
          if (config.createFailure === -1) config.createFailureSkip = 0;
          assert.deepEqual(decode(ANY, encodeConfiguration(config)), config, `byte ${index} = ${byte}`);
        }
      }
    }
  });

  test('can say every listed value', () => {
    const parts: Partial<Configuration>[] = [
      ...BACK_END_NAMES.map((backEnd) => ({ backEnd, useDmaApi: backEnd !== 'none' })),
      ...POOL_SLOTS.map((poolSlots) => ({ poolSlots })),
      ...MIN_ALIGN_MASKS.map((minAlignMask) => ({ minAlignMask })),
      ...ALLOC_ALIGN_MASKS.map((allocAlignMask) => ({ allocAlignMask })),
      ...USED_ALIGNMENTS.map((align) => ({ align })),
      ...(['packed', 'indirect', 'eventIndex', 'context', 'callback', 'resettable', 'kicksOff'] as const).flatMap(
        (key) => [{ [key]: false }, { [key]: true }],
      ),
      ...[FAIL_KMALLOC, FAIL_COHERENT].flatMap((createFailure) =>
        [0, 1, 2, 3].map((createFailureSkip) => ({ createFailure, createFailureSkip }) as Partial<Configuration>),
      ),
    ];
    for (const part of parts) {
      const config = decode(ANY, encodeConfiguration(part));
      for (const [key, value] of Object.entries(part)) assert.equal(config[key as keyof Configuration], value, key);
    }
  });

  test('makes vduse of swiotlb by one bit, and nothing of other back ends', () => {
    const bounce = TARGETS.filter(({ backEnd }) => backEnd === 'swiotlb');
    assert.deepEqual(
      [0x00, 0x20, 0x40, 0x60].flatMap((flags) =>
        [0, 64].map((extra) => decode(ANY, Uint8Array.of(flags, 0, 0, extra)).backEnd),
      ),
      ['none', 'none', 'direct', 'direct', 'iommu', 'iommu', 'swiotlb', 'vduse'],
    );
    assert.deepEqual(
      bounce.map(({ name }) => name),
      ['bounce_fuzzer'],
    );
    for (const target of bounce) {
      assert.deepEqual(backEndsOf(target), ['swiotlb', 'vduse']);
      assert.equal(decode(target, Uint8Array.of(0, 0, 0, 64)).backEnd, 'vduse');
    }
  });

  test('counts missing bytes as 0', () => {
    const whole = decode(ANY, new Uint8Array(4));
    for (let length = 0; length < 4; length++) assert.deepEqual(decode(ANY, new Uint8Array(length)), whole);
  });

  test('leaves ring and back end to the target where that has them fixed', () => {
    for (const target of TARGETS) {
      for (let flags = 0; flags < 256; flags++) {
        for (const extra of [0, 64]) {
          const config = decode(target, Uint8Array.of(flags, 3, 0, extra));
          if (target.ring !== 'any') assert.equal(config.packed, target.ring === 'packed');
          assert.ok(backEndsOf(target).includes(config.backEnd), `${target.name} over ${config.backEnd}`);
          assert.equal(config.useDmaApi, config.backEnd !== 'none');
        }
      }
    }
  });

  test('refuses values that it has no bits for', () => {
    assert.throws(() => encodeConfiguration({ poolSlots: 5 }), RangeError);
    assert.throws(() => encodeConfiguration({ minAlignMask: 1 }), RangeError);
    assert.throws(() => encodeConfiguration({ allocAlignMask: 0x7ff }), RangeError);
    assert.throws(() => encodeConfiguration({ align: 8 }), RangeError);
    assert.throws(() => encodeConfiguration({ num: 3 }), RangeError);
    assert.throws(() => encodeConfiguration({ num: MAX_NUM + 1 }), RangeError);
  });
});

describe('ring sizes', () => {
  test('are powers of two for split rings, and within the limits for both', () => {
    for (let byte = 0; byte < 256; byte++) {
      const split = ringSize(false, byte);
      assert.equal(split & (split - 1), 0);
      for (const num of [split, ringSize(true, byte)]) assert.ok(num >= 1 && num <= MAX_NUM);
    }
  });

  test('have a byte each', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (const packed of [false, true]) {
        const num = ringSize(packed, byte);
        assert.equal(ringSize(packed, sizeByte(packed, num)), num);
      }
    }
  });
});

describe('describeConfiguration', () => {
  test('says of every setting that it is not the usual one', () => {
    const usual = describeConfiguration(blankConfiguration());
    const parts: Partial<Configuration>[] = [
      { packed: true },
      { num: 8 },
      { backEnd: 'iommu' },
      { backEnd: 'swiotlb' },
      { backEnd: 'vduse' },
      { indirect: true },
      { eventIndex: true },
      { context: true },
      { callback: false },
      { resettable: false },
      { align: 64 },
      { kicksOff: true },
      { createFailure: FAIL_KMALLOC },
      { createFailure: FAIL_COHERENT },
      { createFailure: FAIL_COHERENT, createFailureSkip: 2 },
    ];
    const texts = parts.map((part) => describeConfiguration({ ...blankConfiguration(), ...part }));
    assert.equal(new Set([usual, ...texts]).size, parts.length + 1);
  });

  test('names the pool of a bounce buffer and both alignments', () => {
    const config: Configuration = {
      ...blankConfiguration(),
      backEnd: 'swiotlb',
      poolSlots: 16,
      minAlignMask: 0xfff,
      allocAlignMask: 0x3fff,
    };
    assert.match(describeConfiguration(config), /16 slots, min_align_mask 0xfff, alloc_align_mask 0x3fff/);
  });
});
