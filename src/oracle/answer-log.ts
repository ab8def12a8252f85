// What the client of a queue was told in one run of a script, call by call, and what its buffers held when they came back:
// the answers with which those of another configuration are compared. Preallocated; a run of another configuration reads it
// from the start.

import { type BufferTable, MAX_TOKENS } from './buffer-table.js';

/** Most answers of one run: 64 records, of which each asks for less than 64. */
const MAX_ANSWERS = 4096;
/** All tokens of an execution with the largest buffers that a script adds. */
const MAX_BYTES = 1 << 22;

export class AnswerLog {
  /** Answers of the run that is recorded. */
  count = 0;
  /** The next answer, in recording and in comparing. */
  position = 0;
  readonly call = new Uint8Array(MAX_ANSWERS);
  /** Token, errno, truth value, or how many buffers came back. */
  readonly result = new Int32Array(MAX_ANSWERS);
  /** Of completions alone. */
  readonly length = new Float64Array(MAX_ANSWERS);
  readonly trust = new Int8Array(MAX_ANSWERS);
  readonly ctx = new Int32Array(MAX_ANSWERS);
  /** By token: the answer with which the buffer came back, and where its contents begin in `bytes`. */
  readonly answerOf = new Int32Array(MAX_TOKENS).fill(-1);
  readonly contentsAt = new Int32Array(MAX_TOKENS);
  readonly bytes = new Uint8Array(MAX_BYTES);
  private byteCount = 0;
  private tokens = 0;

  /** A new recording begins. */
  clear(): void {
    this.answerOf.fill(-1, 0, this.tokens + 1);
    this.tokens = 0;
    this.count = 0;
    this.position = 0;
    this.byteCount = 0;
  }

  /** Another configuration begins. */
  rewind(): void {
    this.position = 0;
  }

  /** Records an answer; its number. */
  append(call: number, result: number): number {
    const answer = this.count++;
    if (answer >= MAX_ANSWERS) throw new RangeError(`a script with more than ${MAX_ANSWERS} answers`);
    this.call[answer] = call;
    this.result[answer] = result;
    this.position = this.count;
    return answer;
  }

  /** Records that a buffer came back with that answer, and what it holds. */
  appendContents(answer: number, buffers: BufferTable, token: number, memory: Uint8Array): void {
    // A second time only where the oracle that says so is silent.
    if (this.answerOf[token] !== -1) return;
    if (token > this.tokens) this.tokens = token;
    this.answerOf[token] = answer;
    this.contentsAt[token] = this.byteCount;
    const first = buffers.firstPiece[token]!;
    for (let piece = first; piece < first + buffers.total(token); piece++) {
      const from = buffers.pieceCpu[piece]!;
      const size = buffers.pieceSize[piece]!;
      copy(memory, from, size, this.bytes, this.byteCount);
      this.byteCount += size;
    }
  }

  /** Where the contents of a buffer differ from what was recorded, as an offset into all its pieces; -1 for nowhere. */
  firstDifference(buffers: BufferTable, token: number, memory: Uint8Array): number {
    const start = this.contentsAt[token]!;
    let at = start;
    const first = buffers.firstPiece[token]!;
    for (let piece = first; piece < first + buffers.total(token); piece++) {
      const from = buffers.pieceCpu[piece]!;
      const size = buffers.pieceSize[piece]!;
      for (let k = 0; k < size; k++) if (memory[from + k] !== this.bytes[at + k]) return at + k - start;
      at += size;
    }
    return -1;
  }
}

/** A native call costs more than it moves where a piece has a few bytes. */
function copy(from: Uint8Array, start: number, size: number, to: Uint8Array, at: number): void {
  if (size > 96) to.set(from.subarray(start, start + size), at);
  else for (let k = 0; k < size; k++) to[at + k] = from[start + k]!;
}
