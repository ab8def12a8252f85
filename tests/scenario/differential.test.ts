// The header of a differential input: every byte string means configurations, the reference is always the same plain
// queue, and what a header is made of comes out of it again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BACK_END_NAMES } from '../../src/dma/back-end.js';
import { blankConfiguration, type Configuration, decodeConfiguration } from '../../src/scenario/configuration.js';
import {
  configurationsOf,
  decodeCompared,
  DIFFERENTIAL_PLATFORMS,
  furtherCount,
  MOST_FURTHER,
  nameOfCompared,
  scriptSize,
  scriptStep,
} from '../../src/scenario/differential.js';
import { encodeDifferential } from '../../src/scenario/differential-encoding.js';
import { resizeTo } from '../../src/scenario/operands.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { targetByName } from '../../src/target/targets.js';
import { seededInputs } from '../world/seeded-inputs.js';

const TARGET = ((): TargetSpec => targetByName('layout_differential_fuzzer') ?? assert.fail('no target'))();

function compared(bytes: Uint8Array): readonly Configuration[] {
  return configurationsOf(TARGET, bytes);
}

describe('what is compared', () => {
  test('the reference is the plainest queue, with what all have in common', () => {
    const plain = compared(new Uint8Array(0))[0] ?? assert.fail('no reference');
    assert.deepEqual(plain, { ...blankConfiguration(), num: 8, backEnd: 'direct' });
    const header = { num: 16, context: true, callback: false, resettable: false, kicksOff: true } as const;
    const [reference, other] = compared(encodeDifferential({ ...header, further: [{ packed: true }] }));
    assert.deepEqual(reference, { ...plain, ...header });
    assert.deepEqual(other, { ...plain, ...header, packed: true });
  });

  test('one to four further configurations, none of them twice', () => {
    const counts = new Set<number>();
    for (const bytes of seededInputs(2000, 4)) {
      const names = compared(bytes).map((config) => JSON.stringify(config));
      assert.equal(new Set(names).size, names.length, Buffer.from(bytes.subarray(0, 4)).toString('hex'));
      assert.ok(names.length >= 1 && names.length <= 1 + MOST_FURTHER);
      counts.add(furtherCount(bytes));
    }
    assert.deepEqual([...counts].sort(), [1, 2, 3, 4]);
  });

  test('all agree in what the script can see', () => {
    for (const bytes of seededInputs(500, 8)) {
      const [reference, ...others] = compared(bytes);
      for (const other of others) {
        for (const key of ['num', 'numMax', 'context', 'callback', 'resettable', 'kicksOff', 'createFailure'] as const)
          assert.equal(other[key], reference?.[key], key);
        assert.equal(other.poolSlots, 256);
      }
    }
  });

  test('random headers reach every layout, feature and back end', () => {
    const all = seededInputs(1000, 15).flatMap((bytes) => compared(bytes).slice(1));
    for (const key of ['packed', 'indirect', 'eventIndex', 'inOrder'] as const)
      assert.equal(new Set(all.map((config) => config[key])).size, 2, key);
    assert.deepEqual(new Set(all.map(({ backEnd }) => backEnd)), new Set(BACK_END_NAMES));
    assert.deepEqual(new Set(all.map(({ align }) => align)), new Set([4, 4096]));
  });

  test('no configuration is in order where the device completes out of order, or indirect where a ring may be full', () => {
    for (const bytes of seededInputs(500, 16)) {
      const [shared = 0] = bytes;
      const configs = compared(bytes);
      if ((shared & 16) === 0) assert.ok(configs.every(({ inOrder }) => !inOrder));
      if ((shared & (128 | 1)) !== 0) assert.ok(configs.every(({ indirect }) => !indirect));
    }
  });

  test('the third has the features that the first lacks on the platform of the second, and the fourth the other way', () => {
    const further = [{ packed: true }, { indirect: true, platform: { backEnd: 'iommu' } }] as const;
    const bytes = encodeDifferential({ num: 8, further, more: 2 });
    const [, , , third, fourth] = compared(bytes);
    assert.deepEqual([third?.packed, third?.indirect, third?.eventIndex], [false, true, true]);
    assert.equal(third?.backEnd, 'iommu');
    assert.deepEqual([fourth?.packed, fourth?.indirect, fourth?.eventIndex], [true, false, true]);
    assert.equal(fourth?.backEnd, 'direct');
  });

  test('names say what tells configurations apart', () => {
    for (const bytes of seededInputs(300, 23)) {
      const names = [0, 1, 2, 3, 4].filter((k) => k <= furtherCount(bytes)).map((k) => nameOfCompared(bytes, k));
      assert.equal(new Set(names).size, compared(bytes).length);
    }
  });
});

describe('encodeDifferential', () => {
  test('is undone by decoding', () => {
    for (const platform of DIFFERENTIAL_PLATFORMS) {
      for (let bits = 0; bits < 16; bits++) {
        const one = {
          packed: (bits & 1) !== 0,
          indirect: (bits & 2) !== 0,
          eventIndex: (bits & 4) !== 0,
          inOrder: (bits & 8) !== 0,
        };
        const config = blankConfiguration();
        decodeCompared(encodeDifferential({ num: 8, inOrder: true, further: [{ ...one, platform }] }), 1, config);
        assert.deepEqual(config, {
          ...{ ...blankConfiguration(), ...one, ...platform, num: 8 },
          useDmaApi: platform.backEnd !== 'none',
        });
      }
    }
  });

  test('refuses what no header means', () => {
    assert.throws(() => encodeDifferential({ num: 3, further: [{}] }), RangeError);
    assert.throws(() => encodeDifferential({ num: 4, further: [{}], more: 1 }), RangeError);
    const platform = { backEnd: 'iommu', minAlignMask: 0xfff } as const;
    assert.throws(() => encodeDifferential({ num: 4, further: [{ platform }] }), RangeError);
  });
});

test('a script resizes to sizes that both layouts have, to 0, and to one too many', () => {
  const sizes = new Set<number>();
  for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) sizes.add(scriptSize(a, b));
  assert.ok(sizes.delete(0) && sizes.delete(257));
  for (const size of sizes) assert.ok(size <= 256 && (size & (size - 1)) === 0, String(size));
  assert.equal(sizes.size, 9);
});

test('a step is described as it is done', () => {
  const config = blankConfiguration();
  for (const [a, b] of [
    [3, 0],
    [1, 245],
    [0, 250],
    [0, 255],
  ] as const) {
    const step = scriptStep(new Uint8Array(4), { operation: 'resize', a, b, c: 0 });
    assert.equal(resizeTo(config, step.a, step.b), scriptSize(a, b));
  }
  const complete = { operation: 'complete', a: 5, b: 0, c: 0 } as const;
  assert.equal(scriptStep(new Uint8Array(4), complete).a, 5);
  assert.equal(scriptStep(Uint8Array.of(16, 0, 0, 0), complete).a, 0);
});

test('an input of another form has one configuration', () => {
  const target = targetByName('packed_ring_fuzzer') ?? assert.fail('no target');
  const config = blankConfiguration();
  decodeConfiguration(target, Uint8Array.of(6, 1, 0, 0), config);
  assert.deepEqual(configurationsOf(target, Uint8Array.of(6, 1, 0, 0)), [config]);
});
