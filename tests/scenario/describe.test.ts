import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { blankConfiguration } from '../../src/scenario/configuration.js';
import { describeScenario, describeStep } from '../../src/scenario/describe.js';
import { OPERATIONS } from '../../src/scenario/operations.js';
import { recordCount } from '../../src/scenario/scenario.js';
import { Steps } from '../../src/scenario/seeds/steps.js';
import { TARGETS } from '../../src/target/targets.js';
import { randomBytes } from './random-bytes.js';

const SPLIT = blankConfiguration();
const PACKED = { ...SPLIT, packed: true };
const s = new Steps(false);

describe('describeScenario', () => {
  test('has a line for each record of any byte string', () => {
    const random = randomBytes(3);
    for (const target of TARGETS) {
      for (let length = 0; length < 280; length++) {
        const { configuration, steps } = describeScenario(target, random(length));
        assert.notEqual(configuration, '');
        assert.equal(steps.length, recordCount(length));
        for (const line of steps) assert.match(line, /^[^\n]{5,}$/);
      }
    }
  });
});

describe('describeStep', () => {
  test('says something else of every operation', () => {
    const texts = OPERATIONS.map((operation) => describeStep(SPLIT, { operation, a: 0, b: 0, c: 0 }));
    assert.equal(new Set(texts).size, OPERATIONS.length);
    // A text of its own, not the operation's name.
    texts.forEach((text, k) => {
      assert.notEqual(text, OPERATIONS[k]);
    });
  });

  test('knows an expression for all operands of every operation', () => {
    for (const operation of OPERATIONS) {
      for (let byte = 0; byte < 256; byte++) {
        for (const config of [SPLIT, PACKED]) {
          const lines = [
            describeStep(config, { operation, a: byte, b: 0, c: 0 }),
            describeStep(config, { operation, a: 0, b: byte, c: 0 }),
            describeStep(config, { operation, a: 0, b: 0, c: byte }),
          ];
          for (const line of lines) assert.doesNotMatch(line, /undefined|NaN| {2}|, $/);
        }
      }
    }
  });

  test('says counts, sizes and options of a buffer', () => {
    assert.equal(describeStep(SPLIT, s.add({ out: 1, in: 1, first: 64, second: 100 })), 'client adds [out 64, in 100]');
    assert.match(describeStep(SPLIT, s.add({ in: 1, kick: true })), /and kicks$/);
    assert.match(describeStep(SPLIT, s.add({ in: 1, premapped: true })), /premapped$/);
    assert.match(describeStep({ ...SPLIT, context: true }, s.add({ in: 1, context: 3 })), /context 3$/);
    assert.match(describeStep(SPLIT, s.add({ out: 5, in: 4, long: true })), /36 pieces/);
    assert.match(describeStep(SPLIT, s.addMany(12, { out: 1 })), /^client adds 12 times/);
    assert.match(describeStep(SPLIT, s.add({ in: 1, first: 6144 })), /in 6144/);
  });

  test('says premapped only where there is a DMA API', () => {
    assert.doesNotMatch(describeStep({ ...SPLIT, backEnd: 'none' }, s.add({ in: 1, premapped: true })), /premapped/);
  });

  test('names the field of the layout and the change', () => {
    const p = new Steps(true);
    assert.match(describeStep(SPLIT, s.poke('desc.next', 2, { flip: 3 })), /desc\.next .* flips bit 3/);
    assert.match(describeStep(PACKED, p.poke('desc.id', 2, 'all-ones')), /desc\.id .* all ones/);
    assert.match(describeStep(SPLIT, s.poke('used.idx', 0, { add: -5 })), /adds -5/);
    assert.match(describeStep(SPLIT, s.poke('used.idx', 0, { set: 0x10001 })), /sets 65537/);
    assert.match(describeStep(SPLIT, s.poke('used.idx', 0, { set: 4096 })), /sets 4096/);
    assert.match(describeStep(SPLIT, s.poke('desc.len', 0, { doublePlus: 16 })), /doubles it and adds 16/);
    assert.match(describeStep(SPLIT, s.poke('desc.len', 0, { numPlus: 1 })), /the ring size plus 1/);
  });

  test('says moments, failures and jumps with their numbers', () => {
    assert.match(describeStep(SPLIT, s.defer('unmap', 4)), /at unmap 4 from here/);
    assert.match(describeStep(SPLIT, s.armLoad(3, 'xor', 0x8001)), /load 3 from here, xor 0x8001/);
    assert.match(describeStep(SPLIT, s.fail('coherent', 2, 5)), /coherent fails after 2 more \(mask 0x5\)/);
    assert.match(describeStep(SPLIT, s.jumpUsed(-2)), /by -2$/);
    assert.match(describeStep(SPLIT, s.resize(0)), /to 0$/);
    assert.match(describeStep(SPLIT, s.resize(64)), /to 64$/);
  });
});
