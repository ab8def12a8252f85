// Judges what the client is told by what it was told in the run of the reference: answer by answer, as they come, so that
// the first difference is the one that is reported, with the world as it was then.

import type { Completion } from '../platform/ring-driver.js';
import { AnswerLog } from './answer-log.js';
import { CALL_GET, CALL_INTERRUPT, CALL_NAMES } from './calls.js';
import type { CaseFile } from './case-file.js';
import { type Compared, failDivergence, resultText } from './layout-divergence.js';

/** A driver that does not grade lengths. */
const NOT_GRADED = -1;

export class AnswerJudge {
  private readonly log = new AnswerLog();
  private recording = true;
  /** They differed and nobody wanted to know: what follows means nothing. */
  private lost = false;
  /** Buffers that the call in progress gave back. */
  private given = 0;

  constructor(
    private readonly c: CaseFile,
    private readonly compared: Compared,
  ) {}

  /** What follows is the reference. */
  record(): void {
    this.log.clear();
    this.recording = true;
    this.lost = false;
    this.given = 0;
  }

  /** What follows is another configuration. */
  compare(): void {
    this.log.rewind();
    this.recording = false;
    this.lost = false;
    this.given = 0;
  }

  /** A call returned `result`; without `comparable` the two configurations may answer differently. */
  answered(call: number, result: number, comparable = true): void {
    if (this.recording) {
      this.log.append(call, result);
      return;
    }
    const answer = this.next(call);
    if (answer < 0 || !comparable) return;
    const expected = this.log.result[answer]!;
    if (result === expected) return;
    this.differ(call, 'result', { result: resultText(call, expected) }, { result: resultText(call, result) });
  }

  /** Whether the driver wants the interrupt that the device has a reason for. */
  interruptAsked(asked: boolean, comparable: boolean): void {
    const { log } = this;
    if (this.recording) {
      log.append(CALL_INTERRUPT, asked ? 1 : 0);
      return;
    }
    const answer = this.next(CALL_INTERRUPT);
    if (answer < 0 || !comparable) return;
    const expected = log.result[answer]! === 1;
    if (asked !== expected) this.differ(CALL_INTERRUPT, 'interrupt asked for', { asked: expected }, { asked });
  }

  /** getBuf is over, and the buffer's mappings have ended. */
  completed(completion: Completion | null): void {
    const token = completion === null ? 0 : completion.token;
    const length = completion === null ? 0 : completion.length;
    const trust = completion?.lengthTrust ?? NOT_GRADED;
    const ctx = completion === null ? 0 : completion.ctx;
    const { log } = this;
    if (this.recording) {
      const answer = log.append(CALL_GET, token);
      log.length[answer] = length;
      log.trust[answer] = trust;
      log.ctx[answer] = ctx;
      if (token !== 0) log.appendContents(answer, this.c.buffers, token, this.c.bytes);
      return;
    }
    const answer = this.next(CALL_GET);
    if (answer < 0) return;
    const due = log.result[answer]!;
    if (token !== due) this.differ(CALL_GET, 'token', { token: due }, { token });
    else if (token !== 0) {
      const dueLength = log.length[answer]!;
      const dueTrust = log.trust[answer]!;
      const dueCtx = log.ctx[answer]!;
      if (length !== dueLength) this.differ(CALL_GET, 'length', { token, length: dueLength }, { token, length });
      if (trust !== dueTrust) {
        this.differ(CALL_GET, 'length grade', { token, grade: gradeOf(dueTrust) }, { token, grade: gradeOf(trust) });
      }
      if (ctx !== dueCtx) this.differ(CALL_GET, 'context', { token, ctx: dueCtx }, { token, ctx });
      this.compareContents(CALL_GET, token);
    }
  }

  /** A reset, resize or detach gave a buffer back, in whatever order. */
  givenBack(call: number, token: number): void {
    this.given++;
    const { log } = this;
    if (this.recording) {
      log.appendContents(log.count, this.c.buffers, token, this.c.bytes);
      return;
    }
    if (this.lost) return;
    if (log.answerOf[token] === log.position) this.compareContents(call, token);
    else this.differ(call, 'buffers given back', { token, 'given back': false }, { token, 'given back': true });
  }

  /** That call gave back all that it gives back. */
  allGivenBack(call: number): void {
    const { given } = this;
    this.given = 0;
    if (this.recording) {
      this.log.append(call, given);
      return;
    }
    const answer = this.next(call);
    if (answer < 0) return;
    const expected = this.log.result[answer]!;
    if (given !== expected) this.differ(call, 'buffers given back', { buffers: expected }, { buffers: given });
  }

  /** Number of the reference's answer to the same call, or -1 where nothing is compared any more. */
  private next(call: number): number {
    if (this.lost) return -1;
    const { log } = this;
    const answer = log.position++;
    if (answer >= log.count || log.call[answer] !== call) {
      // The script decides which calls there are: only what they return may differ.
      throw new Error(`answer ${answer} is one of ${CALL_NAMES[call] ?? ''}, the reference has another call there`);
    }
    return answer;
  }

  private compareContents(call: number, token: number): void {
    if (this.lost) return;
    const { log, c } = this;
    const offset = log.firstDifference(c.buffers, token, c.bytes);
    if (offset < 0) return;
    const byte = log.bytes[log.contentsAt[token]! + offset]!;
    this.differ(call, 'contents', { token, offset, byte }, { token, offset, byte: byteAt(c, token, offset) });
  }

  private differ(
    call: number,
    shape: string,
    expected: Readonly<Record<string, number | string | boolean>>,
    got: Readonly<Record<string, number | string | boolean>>,
  ): void {
    if (this.lost) return;
    this.c.call = call;
    failDivergence(call, shape, this.compared, { expected, got });
    this.lost = true;
  }
}

function gradeOf(trust: number): number | string {
  return trust === NOT_GRADED ? 'none' : trust;
}

/** The byte at an offset into all pieces of a buffer. */
function byteAt({ buffers, bytes }: CaseFile, token: number, offset: number): number {
  let left = offset;
  const first = buffers.firstPiece[token]!;
  for (let piece = first; piece < first + buffers.total(token); piece++) {
    const size = buffers.pieceSize[piece]!;
    if (left < size) return bytes[buffers.pieceCpu[piece]! + left]!;
    left -= size;
  }
  return 0;
}
