import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { codeOffset, withoutDebug } from '../../../src/campaign/linux/wasm-file.js';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const TYPE = [1, 4, 1, 0x60, 0, 0];
const FUNCTION = [3, 2, 1, 0];
const CODE = [10, 4, 1, 2, 0, 0x0b];

/** A custom section; its size is written in two bytes, as a linker may. */
function custom(name: string, content: readonly number[]): readonly number[] {
  const body = [name.length, ...Buffer.from(name), ...content];
  return [0, body.length | 0x80, 0, ...body];
}

describe('wasm file', () => {
  it('finds where the code section begins', () => {
    const wasm = Uint8Array.from([...HEADER, ...TYPE, ...FUNCTION, ...CODE]);
    assert.equal(codeOffset(wasm), HEADER.length + TYPE.length + FUNCTION.length + 2);
    assert.throws(() => codeOffset(Uint8Array.from([...HEADER, ...TYPE])), /no code/);
  });

  it('takes debug sections out and leaves everything else as it is', () => {
    const kept = [...HEADER, ...TYPE, ...FUNCTION, ...CODE];
    const name = custom('name', [1, 2, 3]);
    const wasm = Uint8Array.from([...kept, ...custom('.debug_line', Array<number>(40).fill(7)), ...name]);
    const stripped = withoutDebug(wasm);
    assert.deepEqual([...stripped], [...kept, ...name]);
    assert.ok(new WebAssembly.Module(stripped));
  });
});
