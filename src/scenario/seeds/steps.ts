// Operations by name, with options that say what they mean, turned into records (src/scenario/seeds/operand-bytes.ts says
// by which bytes). What no record can say is a RangeError.

import { PACKED_FIELD_NAMES } from '../../device/packed-device.js';
import { SPLIT_FIELD_NAMES } from '../../device/split-device.js';
import { FAILURE_NAMES } from '../../platform/failures.js';
import { sizeByte } from '../configuration.js';
import { ARM_MODES, MOMENTS } from '../describe.js';
import { addManyCount, clientSize } from '../operands.js';
import type { Operation } from '../operations.js';
import type { Step } from '../scenario.js';
import {
  type AddOptions,
  type ArmMode,
  type Eighths,
  type Entry,
  type Failure,
  type Fill,
  type ForgedId,
  type ForgedLength,
  type Moment,
  type OwnMapping,
  PREMAPPED,
  type Pieces,
  type Place,
  type Rewrite,
  type RingField,
  entryByte,
  firstByte,
  hasCounts,
  idByte,
  inRange,
  lengthByte,
  offsetByte,
  partByte,
  repeatByte,
  rewriteByte,
  sizeBytes,
} from './operand-bytes.js';

const FILLS: readonly Fill[] = ['all', 'nothing', 'half', 'one', 'count-read'];
const PLACES: readonly Place[] = ['slot', 'readable', 'writable', 'granules'];
const DIRECTIONS: readonly OwnMapping['direction'][] = ['bidirectional', 'to-device', 'from-device'];

const KICK = 128;
const SKIP_CPU_SYNC = 128;
const NO_INTERRUPT = 1;

/** The operations, as a seed writes them down. */
export class Steps {
  private readonly fields: readonly string[];

  constructor(private readonly packed: boolean) {
    this.fields = packed ? PACKED_FIELD_NAMES : SPLIT_FIELD_NAMES;
  }

  // The driver's client.

  add(options: AddOptions): Step {
    const { c, b } = sizeBytes(options, options.context ?? 0, options.premapped === true);
    const kinds = firstByte('piece counts', 64, (a) => hasCounts(options, a, c));
    return step('add', kinds | (options.premapped === true ? PREMAPPED : 0) | (options.kick === true ? KICK : 0), b, c);
  }

  addMany(times: number, pieces: Pieces): Step {
    const { c, b } = sizeBytes(pieces, 0, false);
    const kinds = firstByte('piece counts of an add-many', 16, (a) => hasCounts(pieces, a, c));
    return step('add-many', firstByte('number of buffers', 16, (a) => addManyCount(a) === times) | (kinds << 4), b, c);
  }

  get(times = 1): Step {
    return step('get', repeatByte(times));
  }

  drain(): Step {
    return step('drain');
  }

  kick(): Step {
    return step('kick');
  }

  kickPrepare(): Step {
    return step('kick-prepare');
  }

  notify(): Step {
    return step('notify');
  }

  disableCb(): Step {
    return step('disable-cb');
  }

  enableCb(): Step {
    return step('enable-cb');
  }

  enableCbDelayed(): Step {
    return step('enable-cb-delayed');
  }

  prepareAndPoll(): Step {
    return step('prepare-and-poll');
  }

  interrupt(): Step {
    return step('interrupt');
  }

  detachAll(): Step {
    return step('detach-all');
  }

  reset(): Step {
    return step('reset');
  }

  /** To any size that either layout has, to 0, or to one that no queue has. */
  resize(num: number | 'too-large'): Step {
    if (num === 'too-large') return step('resize', 0, 248);
    if (num === 0) return step('resize', 0, 252);
    const foreign = !this.packed && (num & (num - 1)) !== 0;
    return step('resize', sizeByte(this.packed || foreign, num), foreign ? 240 : 0);
  }

  query(): Step {
    return step('query');
  }

  break(): Step {
    return step('break');
  }

  // The client's own mappings, counted from 0 in the order of mapping.

  clientMap(mapping: OwnMapping): Step {
    const skip = mapping.skipCpuSync === true ? SKIP_CPU_SYNC : 0;
    const direction = DIRECTIONS.indexOf(mapping.direction);
    const a = firstByte('direction', 128, (low) => (skip + low) % 3 === direction);
    const b = firstByte('size', 256, (byte) => clientSize(byte) === mapping.size);
    return step('client-map', skip + a, b, offsetByte(mapping.offset ?? 0));
  }

  clientWrite(mapping: number, part: Eighths): Step {
    return step('client-write', mapping, partByte(part));
  }

  clientSync(mapping: number, part: Eighths, side: 'cpu' | 'device'): Step {
    return step('client-sync', mapping, partByte(part), side === 'cpu' ? 0 : 1);
  }

  clientUnmap(mapping: number): Step {
    return step('client-unmap', mapping);
  }

  /** `amount`: unmap of 1 + 32 * amount bytes, or sync from there on for more than is left. */
  clientMisuse(mapping: number, how: 'wrong-size' | 'beyond-end' | 'twice', amount = 0): Step {
    return step('client-misuse', mapping, ['wrong-size', 'beyond-end', 'twice'].indexOf(how), amount);
  }

  // The honest device.

  complete(pending: number, fill: Fill, options: { readonly interrupt: boolean } = { interrupt: true }): Step {
    return step('complete', pending, FILLS.indexOf(fill), options.interrupt ? 0 : NO_INTERRUPT);
  }

  completeMany(times: number, fill: Fill, options: { readonly interrupt: boolean } = { interrupt: true }): Step {
    return step('complete-many', repeatByte(times), FILLS.indexOf(fill), options.interrupt ? 0 : NO_INTERRUPT);
  }

  /** Writes `length` bytes (1 to 64) from byte `start` on into a mapping of the client's own. */
  deviceFill(mapping: number, start: number, length: number): Step {
    return step('device-fill', mapping, inRange('length', length - 1, 0, 63), start);
  }

  wantKicks(wanted: boolean): Step {
    return step('want-kicks', wanted ? 0 : 1);
  }

  // The hostile device.

  poke(field: RingField, entry: Entry, rewrite: Rewrite): Step {
    return step('poke', this.field(field), entryByte(entry), rewriteByte(rewrite));
  }

  pokeAll(field: RingField, rewrite: Rewrite): Step {
    return step('poke-all', this.field(field), 0, rewriteByte(rewrite));
  }

  copyField(field: RingField, from: Entry, to: Entry): Step {
    return step('copy-field', this.field(field), entryByte(to), entryByte(from));
  }

  /** `slots`: how far a packed device moves on, 1 to 4. */
  forgeUsed(id: ForgedId, length: ForgedLength, slots = 1): Step {
    return step('forge-used', idByte(id), lengthByte(length), inRange('slots', slots - 1, 0, 3));
  }

  /** Moves the used position by a signed 16-bit amount. */
  jumpUsed(delta: number): Step {
    inRange('delta', delta, -0x8000, 0x7fff);
    return step('jump-used', delta & 0xff, (delta >> 8) & 0xff);
  }

  /** `which`: a slot of the bounce pool, with `where` in units of 8 bytes, or a pending buffer. */
  scribble(place: Place, which: number, where = 0): Step {
    return step('scribble', PLACES.indexOf(place), which, where);
  }

  /** `offset` counts through descriptor, driver and device area. */
  rawByte(offset: number, value: number): Step {
    return step('raw-byte', offset & 0xff, offset >> 8, value);
  }

  // Placement.

  /** Changes the field that the k-th shared load from here reads, just before it does. */
  armLoad(k: number, mode: ArmMode, operand: number): Step {
    const a = (inRange('load', k - 1, 0, 63) << 2) | ARM_MODES.indexOf(mode);
    return step('arm-load', a, operand & 0xff, operand >> 8);
  }

  /** Puts off the next device operation to the k-th such moment. */
  defer(moment: Moment, k: number): Step {
    return step('defer', MOMENTS.indexOf(moment), inRange('moment', k - 1, 0, 15));
  }

  /** After `after` attempts that work, those of the next eight fail whose bit is set. */
  fail(kind: Failure, after: number, mask = 1): Step {
    return step('fail', FAILURE_NAMES.indexOf(kind), inRange('attempts', after, 0, 15), mask);
  }

  private field(name: RingField): number {
    const index = this.fields.indexOf(name);
    if (index < 0) throw new RangeError(`a ${this.packed ? 'packed' : 'split'} ring has no field ${name}`);
    return index;
  }
}

function step(operation: Operation, a = 0, b = 0, c = 0): Step {
  return { operation, a, b, c };
}
