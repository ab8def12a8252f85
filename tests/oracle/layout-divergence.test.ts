// What the client is told, compared with what it was told before: every kind of difference is seen, each names both
// configurations, and what may differ may.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerJudge } from '../../src/oracle/answer-judge.js';
import {
  CALL_ADD,
  CALL_DETACH,
  CALL_ENABLE_CB,
  CALL_GET,
  CALL_INTERRUPT,
  CALL_KICK_PREPARE,
  CALL_RESET,
} from '../../src/oracle/calls.js';
import { silence } from '../../src/oracle/oracle.js';
import type { Completion } from '../../src/platform/ring-driver.js';
import { fires, JudgeBench } from './judge-bench.js';

interface Side {
  readonly judge: AnswerJudge;
  readonly bench: JudgeBench;
  /** Two buffers of 8 readable and 4 writable bytes each. */
  readonly tokens: readonly [number, number];
}

/** What a reference was told, then whatever `other` is told. */
function compared(reference: (side: Side) => void, other: (side: Side) => void): void {
  const bench = new JudgeBench();
  const judge = new AnswerJudge(bench.c, { reference: () => 'split ring', other: () => 'packed ring' });
  const side: Side = { judge, bench, tokens: [bench.offer([8], [4]), bench.offer([8], [4])] };
  judge.record();
  reference(side);
  judge.compare();
  other(side);
}

function completion(token: number, more: Partial<Completion> = {}): Completion {
  return { token, length: 4, lengthTrust: 0, ctx: 0, ...more };
}

/** The reference gets the first buffer. */
function getsFirst({ judge, tokens }: Side): void {
  judge.completed(completion(tokens[0]));
}

test('the same answers are no difference', () => {
  const told = ({ judge, tokens }: Side): void => {
    judge.answered(CALL_ADD, 0);
    judge.completed(completion(tokens[0], { length: 3, ctx: 7 }));
    judge.completed(null);
    judge.answered(CALL_ENABLE_CB, 1);
    judge.interruptAsked(true, true);
    judge.givenBack(CALL_RESET, tokens[1]);
    judge.allGivenBack(CALL_RESET);
  };
  compared(told, told);
});

test('a result, with its name and both configurations', () => {
  compared(
    ({ judge }) => {
      judge.answered(CALL_ADD, 0);
    },
    ({ judge }) => {
      const { evidence } = fires('layout-divergence', 'result', () => {
        judge.answered(CALL_ADD, -28);
      });
      assert.deepEqual(evidence.expected, { configuration: 'split ring', result: '0' });
      assert.deepEqual(evidence.got, { configuration: 'packed ring', result: '-ENOSPC' });
      assert.equal(evidence.blame?.function, 'addSgs');
    },
  );
});

for (const [shape, more] of [
  ['length', { length: 5 }],
  ['length grade', { lengthTrust: 2 }],
  ['context', { ctx: 1 }],
] as const) {
  test(`a completion: ${shape}`, () => {
    compared(getsFirst, ({ judge, tokens }) => {
      fires('layout-divergence', shape, () => {
        judge.completed(completion(tokens[0], more));
      });
    });
  });
}

test('a length that one of the two does not grade', () => {
  compared(getsFirst, ({ judge, tokens }) => {
    const { evidence } = fires('layout-divergence', 'length grade', () => {
      judge.completed({ token: tokens[0], length: 4, ctx: 0 });
    });
    assert.equal(evidence.got['grade'], 'none');
  });
});

test('another buffer, or none', () => {
  compared(getsFirst, ({ judge, tokens }) => {
    fires('layout-divergence', 'token', () => {
      judge.completed(completion(tokens[1]));
    });
  });
  compared(getsFirst, ({ judge }) => {
    fires('layout-divergence', 'token', () => {
      judge.completed(null);
    });
  });
});

test('the contents of a buffer, in whichever piece', () => {
  for (const offset of [0, 7, 8, 11]) {
    compared(getsFirst, ({ judge, bench: { c }, tokens }) => {
      const first = c.buffers.firstPiece[tokens[0]] ?? 0;
      const piece = offset < 8 ? first : first + 1;
      const at = (c.buffers.pieceCpu[piece] ?? 0) + (offset < 8 ? offset : offset - 8);
      c.bytes[at] = (c.bytes[at] ?? 0) ^ 1;
      const { evidence } = fires('layout-divergence', 'contents', () => {
        judge.completed(completion(tokens[0]));
      });
      assert.equal(evidence.expected['offset'], offset);
      assert.equal(Number(evidence.expected['byte']) ^ Number(evidence.got['byte']), 1);
    });
  }
});

test('buffers that come back with a reset: as a set, and with their contents', () => {
  const both = ({ judge, tokens }: Side): void => {
    judge.givenBack(CALL_DETACH, tokens[0]);
    judge.givenBack(CALL_DETACH, tokens[1]);
    judge.allGivenBack(CALL_DETACH);
  };
  compared(both, ({ judge, tokens }) => {
    judge.givenBack(CALL_DETACH, tokens[1]);
    judge.givenBack(CALL_DETACH, tokens[0]);
    judge.allGivenBack(CALL_DETACH);
  });
  compared(both, ({ judge, tokens }) => {
    judge.givenBack(CALL_DETACH, tokens[1]);
    fires('layout-divergence', 'buffers given back', () => {
      judge.allGivenBack(CALL_DETACH);
    });
  });
  compared(getsFirst, ({ judge, tokens }) => {
    judge.completed(completion(tokens[0]));
    fires('layout-divergence', 'buffers given back', () => {
      judge.givenBack(CALL_DETACH, tokens[0]);
    });
  });
  compared(both, ({ judge, bench: { c }, tokens }) => {
    const at = c.buffers.pieceCpu[c.buffers.firstPiece[tokens[1]] ?? 0] ?? 0;
    c.bytes[at] = (c.bytes[at] ?? 0) ^ 0x80;
    fires('layout-divergence', 'contents', () => {
      judge.givenBack(CALL_DETACH, tokens[1]);
    });
  });
});

test('what may differ is not compared, and what comes after it is', () => {
  compared(
    ({ judge }) => {
      judge.answered(CALL_KICK_PREPARE, 1);
      judge.interruptAsked(true, true);
      judge.answered(CALL_ENABLE_CB, 1);
    },
    ({ judge }) => {
      judge.answered(CALL_KICK_PREPARE, 0, false);
      judge.interruptAsked(false, false);
      fires('layout-divergence', 'result', () => {
        judge.answered(CALL_ENABLE_CB, 0);
      });
    },
  );
  compared(
    ({ judge }) => {
      judge.interruptAsked(true, true);
    },
    ({ judge }) => {
      fires('layout-divergence', 'interrupt asked for', () => {
        judge.interruptAsked(false, true);
      });
    },
  );
});

test('silenced, it compares nothing more in that run, whatever is asked', () => {
  silence(['layout-divergence']);
  compared(
    ({ judge }) => {
      judge.answered(CALL_ADD, 0);
      judge.answered(CALL_GET, 0);
    },
    ({ judge }) => {
      judge.answered(CALL_ADD, -28);
      judge.answered(CALL_INTERRUPT, 1);
      judge.completed(null);
    },
  );
  silence([]);
});

test('another call than the reference made is a mistake of the script, not of the driver', () => {
  compared(
    ({ judge }) => {
      judge.answered(CALL_ADD, 0);
    },
    ({ judge }) => {
      assert.throws(() => {
        judge.answered(CALL_INTERRUPT, 0);
      }, /answer 0 is one of interrupt/);
    },
  );
});
