// Where probes stand, for every kind of line that a patch changes; and that a source with probes still does what it did.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { changedBlocks } from '../../../src/campaign/bench/changed-lines.js';
import { withProbes } from '../../../src/campaign/bench/probes.js';

const PATH = 'src/driver/x.ts';
const PROBE = 'reachedByBench.hit = 1;';

/** The patched text with its probes, without the import. */
function probed(before: string, after: string): string {
  const { text } = withProbes(PATH, after, changedBlocks(before, after));
  return text.replace(/^import \{ reached as reachedByBench \} from '[^']+'; /, '');
}

describe('changedBlocks', () => {
  test('added and changed lines, and the line that follows', () => {
    assert.deepEqual(changedBlocks('a\nb\nc\nd\n', 'a\nB\nc\nd\ne\n'), [
      { added: [1], deletes: true, next: 2 },
      { added: [4], deletes: false, next: 5 },
    ]);
    assert.deepEqual(changedBlocks('a\nb\nc\n', 'a\nc\n'), [{ added: [], deletes: true, next: 1 }]);
    assert.deepEqual(changedBlocks('a\nb\n', 'b\n'), [{ added: [], deletes: true, next: 0 }]);
  });

  test('nothing where the texts are equal', () => {
    assert.deepEqual(changedBlocks('a\n', 'a\n'), []);
  });
});

describe('withProbes', () => {
  test('a statement in a block: before it, on its line', () => {
    assert.equal(
      probed('function f() {\n  a();\n}\n', 'function f() {\n  b();\n}\n'),
      `function f() {\n  ${PROBE} b();\n}\n`,
    );
  });

  test('a condition: before the statement that it belongs to', () => {
    assert.equal(
      probed('function f() {\n  if (a) {\n    b();\n  }\n}\n', 'function f() {\n  if (c) {\n    b();\n  }\n}\n'),
      `function f() {\n  ${PROBE} if (c) {\n    b();\n  }\n}\n`,
    );
  });

  test('a branch without braces gets some', () => {
    assert.equal(
      probed(
        'function f() {\n  if (a)\n    b();\n  else c();\n}\n',
        'function f() {\n  if (a)\n    d();\n  else c();\n}\n',
      ),
      `function f() {\n  if (a)\n    { ${PROBE} d(); }\n  else c();\n}\n`,
    );
  });

  test('the line in the middle of a statement of several lines', () => {
    assert.equal(
      probed('function f() {\n  g(\n    1,\n  );\n}\n', 'function f() {\n  g(\n    2,\n  );\n}\n'),
      `function f() {\n  ${PROBE} g(\n    2,\n  );\n}\n`,
    );
  });

  test('the head of a method: the first statement in it', () => {
    assert.equal(
      probed('class C {\n  m(a: number) {\n    a;\n  }\n}\n', 'class C {\n  m(b: number) {\n    a;\n  }\n}\n'),
      `class C {\n  m(b: number) { ${PROBE}\n    a;\n  }\n}\n`,
    );
  });

  test('an initial value and an arrow: in the expression', () => {
    assert.equal(
      probed('class C {\n  x = 1;\n}\n', 'class C {\n  x = 2;\n}\n'),
      'class C {\n  x = (reachedByBench.hit = 1, 2);\n}\n',
    );
    assert.equal(
      probed('const f =\n  () =>\n  1;\n', 'const f =\n  () =>\n  2;\n'),
      'const f =\n  () =>\n  (reachedByBench.hit = 1, 2);\n',
    );
  });

  test('a deletion: before what follows, else at the end of the block', () => {
    assert.equal(
      probed('function f() {\n  a();\n  b();\n}\n', 'function f() {\n  b();\n}\n'),
      `function f() {\n  ${PROBE} b();\n}\n`,
    );
    assert.equal(
      probed('function f() {\n  b();\n  a();\n}\n', 'function f() {\n  b();\n}\n'),
      `function f() {\n  b();\n${PROBE} }\n`,
    );
  });

  test('a statement that became a comment: before what follows', () => {
    assert.equal(
      probed('function f() {\n  a();\n  return 1;\n}\n', 'function f() {\n  // Not now.\n  return 1;\n}\n'),
      `function f() {\n  // Not now.\n  ${PROBE} return 1;\n}\n`,
    );
  });

  test('none for types, imports, comments and members without code', () => {
    for (const [before, after] of [
      ['interface I {\n  a: number;\n}\n', 'interface I {\n  b: number;\n}\n'],
      ["import { a } from './a.js';\n", "import { b } from './b.js';\n"],
      ['// a\nf();\n', '// b\nf();\n'],
      ['class C {\n  a: number;\n}\n', 'class C {\n  b: number;\n}\n'],
    ] as const) {
      assert.deepEqual(withProbes(PATH, after, changedBlocks(before, after)), { text: after, probes: 0 }, after);
    }
  });

  test('one probe for two lines of one statement; lines keep their numbers', () => {
    const after = 'function f() {\n  g(\n    1,\n    2,\n  );\n}\n';
    const result = withProbes(PATH, after, changedBlocks('function f() {\n  g(\n  );\n}\n', after));
    assert.equal(result.probes, 1);
    assert.equal(result.text.split('\n').length, after.split('\n').length);
    assert.match(result.text, /^import \{ reached as reachedByBench \} from '\.\.\/campaign\/bench\/reached\.js'; /);
  });
});
