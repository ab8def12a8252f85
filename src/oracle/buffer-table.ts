// What the client handed to the driver, buffer by buffer: the oracles' own copy of the scatter lists, and where each
// buffer stands in its life. Tokens count up from 1 within an execution, so they index this table.

import type { ScatterList } from '../platform/scatter-list.js';

/** Most buffers of one execution. */
export const MAX_TOKENS = 512;
const MAX_PIECES = 2048;

export const OFFERED = 0;
export const IN_FLIGHT = 1;
export const RETURNED = 2;
export const REFUSED = 3;

export class BufferTable {
  /** Tokens 1 .. count exist. */
  count = 0;
  readonly state = new Uint8Array(MAX_TOKENS);
  readonly firstPiece = new Int32Array(MAX_TOKENS);
  readonly outPieces = new Uint8Array(MAX_TOKENS);
  readonly inPieces = new Uint8Array(MAX_TOKENS);
  readonly ctx = new Int32Array(MAX_TOKENS);
  readonly premapped = new Uint8Array(MAX_TOKENS);
  /** Bytes that the device may write. */
  readonly writable = new Int32Array(MAX_TOKENS);
  /** Descriptors it occupies in the ring, and the id that names it. */
  readonly descriptors = new Uint16Array(MAX_TOKENS);
  readonly id = new Uint16Array(MAX_TOKENS);
  /** CPU address of its indirect table, 0 for none. */
  readonly table = new Int32Array(MAX_TOKENS);
  /** Live mappings that the driver made for it. */
  readonly mappings = new Int32Array(MAX_TOKENS);
  readonly pieceCpu = new Int32Array(MAX_PIECES);
  readonly pieceSize = new Int32Array(MAX_PIECES);
  readonly pieceDma = new Float64Array(MAX_PIECES);
  private pieces = 0;

  reset(): void {
    this.count = 0;
    this.pieces = 0;
  }

  hasRoom(pieces: number): boolean {
    return this.count + 1 < MAX_TOKENS && this.pieces + pieces < MAX_PIECES;
  }

  /** Enters a buffer and returns its token. */
  offer(out: ScatterList, input: ScatterList, ctx: number, premapped: boolean): number {
    const token = ++this.count;
    this.state[token] = OFFERED;
    this.firstPiece[token] = this.pieces;
    this.outPieces[token] = out.count;
    this.inPieces[token] = input.count;
    this.ctx[token] = ctx;
    this.premapped[token] = premapped ? 1 : 0;
    this.descriptors[token] = 0;
    this.table[token] = 0;
    this.mappings[token] = 0;
    this.append(out);
    this.writable[token] = this.append(input);
    return token;
  }

  total(token: number): number {
    return this.outPieces[token]! + this.inPieces[token]!;
  }

  private append(list: ScatterList): number {
    let bytes = 0;
    for (let k = 0; k < list.count; k++) {
      this.pieceCpu[this.pieces] = list.address[k]!;
      this.pieceSize[this.pieces] = list.size[k]!;
      this.pieceDma[this.pieces] = list.dma[k]!;
      bytes += list.size[k]!;
      this.pieces++;
    }
    return bytes;
  }
}
