// A scenario in words: one line a step, in ring language, for people.

import { BACK_END_NAMES } from '../dma/back-end.js';
import { PACKED_FIELD_NAMES } from '../device/packed-device.js';
import { SPLIT_FIELD_NAMES } from '../device/split-device.js';
import { FAILURE_KINDS, FAILURE_NAMES } from '../platform/failures.js';
import type { TargetSpec } from '../target/target-spec.js';
import { blankConfiguration, type Configuration, describeConfiguration } from './configuration.js';
import { configurationsOf, describeCompared, scriptStep } from './differential.js';
import {
  addManyCount,
  clientSize,
  contextOf,
  inPieces,
  isPremapped,
  kicksAfter,
  outPieces,
  pieceSize,
  repeatCount,
  resizeTo,
} from './operands.js';
import { decodeScenario, type Step } from './scenario.js';

const FILL_NAMES = [
  'fills all of it',
  'writes nothing',
  'fills half',
  'writes one byte',
  'counts what it read',
] as const;
export const MOMENTS = ['shared load', 'map', 'unmap'] as const;
export const ARM_MODES = ['xor', 'set', 'clear', 'add'] as const;

/** Configuration line and one line per step. */
export function describeScenario(target: TargetSpec, bytes: Uint8Array): { configuration: string; steps: string[] } {
  const { steps } = decodeScenario(target, bytes);
  const [config = blankConfiguration()] = configurationsOf(target, bytes);
  if (target.form === 'differential') {
    const described = steps.map((step) => describeStep(config, scriptStep(bytes, step)));
    return { configuration: describeCompared(bytes), steps: described };
  }
  return { configuration: describeConfiguration(config), steps: steps.map((step) => describeStep(config, step)) };
}

export function describeStep(config: Configuration, step: Step): string {
  const { a, b, c } = step;
  switch (step.operation) {
    case 'add':
      return `client adds ${buffer(config, a, b, c)}${kicksAfter(a) ? ' and kicks' : ''}`;
    case 'add-many':
      return `client adds ${addManyCount(a)} times ${buffer(config, a >> 4, b, c)}`;
    case 'get':
      return `client takes up to ${repeatCount(a)} completed buffers`;
    case 'drain':
      return 'client takes all completed buffers';
    case 'kick':
      return 'client kicks';
    case 'kick-prepare':
      return 'client asks whether a kick is due';
    case 'notify':
      return 'client notifies';
    case 'disable-cb':
      return 'client switches callbacks off';
    case 'enable-cb':
      return 'client switches callbacks on';
    case 'enable-cb-delayed':
      return 'client switches callbacks on, delayed';
    case 'prepare-and-poll':
      return 'client switches callbacks on and polls';
    case 'interrupt':
      return 'device interrupts';
    case 'detach-all':
      return 'client stops the device, takes all buffers back and resets the queue';
    case 'reset':
      return 'client resets the queue';
    case 'resize':
      return `client resizes the queue to ${resizeTo(config, a, b)}`;
    case 'query':
      return 'client asks for maximum mapping size and state';
    case 'break':
      return 'client breaks the queue';
    default:
      return describeOther(config, step);
  }
}

function describeOther(config: Configuration, step: Step): string {
  const { a, b, c } = step;
  switch (step.operation) {
    case 'client-map':
      return `client maps ${clientSize(b)} bytes itself (direction ${a % 3}${(a & 128) === 0 ? '' : ', SKIP_CPU_SYNC'})`;
    case 'client-write':
      return `client writes into its own mapping ${a & 7}`;
    case 'client-sync':
      return `client syncs part of its own mapping ${a & 7} for ${(c & 1) === 0 ? 'cpu' : 'device'}`;
    case 'client-unmap':
      return `client unmaps its own mapping ${a & 7}`;
    case 'client-misuse':
      return `client misuses its own mapping ${a & 7}: ${misuse(b)} (the bounce buffers must contain it)`;
    case 'complete':
      return `device completes pending buffer ${a} (modulo their number), ${FILL_NAMES[b % FILL_NAMES.length] ?? ''}${(c & 1) === 0 ? ', interrupts if asked' : ''}`;
    case 'complete-many':
      return `device completes ${repeatCount(a)} buffers, ${FILL_NAMES[b % FILL_NAMES.length] ?? ''}`;
    case 'device-fill':
      return `device writes into the client's own mapping ${a & 7}`;
    case 'want-kicks':
      return `device asks for ${(a & 1) === 0 ? 'kicks' : 'silence'}`;
    case 'poke':
      return `hostile: rewrites ${fieldName(config, a)} of ${entry(b)}, ${how(c)}`;
    case 'poke-all':
      return `hostile: rewrites ${fieldName(config, a)} of every entry, ${how(c)}`;
    case 'copy-field':
      return `hostile: copies ${fieldName(config, a)} of ${entry(c)} over ${entry(b)}`;
    case 'forge-used':
      return `hostile: forges a used entry: id ${forgedId(a)}, length ${forgedLength(b)}, ${1 + (c & 3)} slots wide`;
    case 'jump-used':
      return `hostile: moves the used position by ${((a | (b << 8)) << 16) >> 16}`;
    case 'scribble':
      return `hostile: scribbles over ${['a bounce slot', 'readable buffers', 'writable buffers', 'whole granules'][a & 3] ?? ''}`;
    case 'raw-byte':
      return `hostile: writes byte 0x${c.toString(16)} at ring offset ${a | (b << 8)}`;
    case 'arm-load':
      return `armed: before shared load ${1 + (a >> 2)} from here, ${ARM_MODES[a & 3] ?? ''} 0x${(b | (c << 8)).toString(16)}`;
    case 'defer':
      return `deferred: the next device operation happens at ${MOMENTS[a % 3] ?? ''} ${1 + (b & 15)} from here`;
    case 'fail':
      return `armed: ${FAILURE_NAMES[a % FAILURE_KINDS] ?? ''} fails after ${b & 15} more (mask 0x${c.toString(16)})`;
    default:
      return step.operation;
  }
}

function buffer(config: Configuration, a: number, b: number, c: number): string {
  const out = outPieces(a, c);
  const total = out + inPieces(a, c);
  const sizes = Array.from({ length: total }, (_, k) => `${k < out ? 'out' : 'in'} ${pieceSize(b, c, k)}`);
  const shown = sizes.length > 6 ? `${sizes.slice(0, 5).join(', ')}, ... ${sizes.length} pieces` : sizes.join(', ');
  const premapped = isPremapped(a, c) && BACK_END_NAMES.indexOf(config.backEnd) > 0 ? ', premapped' : '';
  const ctx = config.context && contextOf(c) !== 0 ? `, context ${contextOf(c)}` : '';
  return `[${shown}]${premapped}${ctx}`;
}

function fieldName(config: Configuration, a: number): string {
  const names: readonly string[] = config.packed ? PACKED_FIELD_NAMES : SPLIT_FIELD_NAMES;
  return names[a % names.length] ?? '';
}

function how(c: number): string {
  const operand = c & 31;
  const ways = [
    `flips bit ${operand}`,
    `sets ${operand}`,
    'sets all ones',
    `adds ${operand - 16}`,
    `sets the ring size plus ${operand}`,
    `doubles it and adds ${operand}`,
    `sets ${0x10000 + operand}`,
    `sets ${operand << 11}`,
  ];
  return ways[c >> 5] ?? '';
}

function misuse(b: number): string {
  return ['unmaps a wrong size', 'syncs beyond its end', 'unmaps it twice'][b % 3] ?? '';
}

/** A ring entry operand, as src/device/hostile-writes.ts reads it. */
function entry(operand: number): string {
  if (operand >= 128) return `entry ${operand & 127}`;
  const further = operand >> 3;
  return `${further === 0 ? '' : `${further} entries on from `}the entry of pending buffer ${operand & 7}`;
}

const FORGED_IDS = [
  'ring size',
  'ring size - 1',
  '0x10000 + a live one',
  '0xffffffff',
  '0x80000000 + a live one',
  'of the last completion again',
  '0x100 + a live one',
  '0xffff',
] as const;

function forgedId(operand: number): string {
  const k = operand & 63;
  if (operand < 64) return `of pending buffer ${k}`;
  if (operand < 128) return `of pending buffer ${k} ${(k & 7) - 3 < 0 ? '-' : '+'} ${Math.abs((k & 7) - 3)}`;
  return operand < 192 ? String(k) : FORGED_IDS[k & 7]!;
}

function forgedLength(operand: number): string {
  if (operand < 64) return String(operand);
  if (operand < 128) return `writable bytes ${operand < 96 ? '-' : '+'} ${Math.abs(operand - 96)}`;
  if (operand < 192) return String((operand - 128) * 256);
  return operand < 224
    ? `0x${(0xffffffff - (operand - 192)).toString(16)}`
    : `0x${(0x80000000 + operand).toString(16)}`;
}
