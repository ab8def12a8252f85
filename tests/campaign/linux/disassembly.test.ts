import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { functionAt, readDisassembly } from '../../../src/campaign/linux/disassembly.js';

const TEXT = `
linked.wasm:	file format wasm

Disassembly of section CODE:

00000471 <first>:
        .local i32
     473:      	i32.const	0
     47b:      	i32.store8	66208
     47f:      	i32.store	66300
00000490 <second>:
     49b:      	i32.store8	66209
     4ab:      	i32.store8	66208
`;

describe('disassembly', () => {
  const disassembly = readDisassembly(TEXT);

  it('knows where the functions begin', () => {
    assert.equal(functionAt(0x470, disassembly), '');
    assert.equal(functionAt(0x471, disassembly), 'first');
    assert.equal(functionAt(0x48f, disassembly), 'first');
    assert.equal(functionAt(0x4ff, disassembly), 'second');
  });

  it('keeps the first place that stores a byte to each address', () => {
    assert.deepEqual(
      [...disassembly.byteStores],
      [
        [66208, 0x47b],
        [66209, 0x49b],
      ],
    );
  });
});
