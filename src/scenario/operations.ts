// The operations of a scenario: what a record's `op` byte can mean. Each target has a weighted table; benign operations
// own several slots and hostile ones few, so that random bytes still make progress (measured: docs/input-format.md).

export const OPERATIONS = [
  // The driver's client.
  'add',
  'add-many',
  'get',
  'drain',
  'kick',
  'kick-prepare',
  'notify',
  'disable-cb',
  'enable-cb',
  'enable-cb-delayed',
  'prepare-and-poll',
  'interrupt',
  'detach-all',
  'reset',
  'resize',
  'query',
  'break',
  'client-map',
  'client-write',
  'client-sync',
  'client-unmap',
  'client-misuse',
  // The honest device.
  'complete',
  'complete-many',
  'device-fill',
  'want-kicks',
  // The hostile device.
  'poke',
  'poke-all',
  'copy-field',
  'forge-used',
  'jump-used',
  'scribble',
  'raw-byte',
  // Placement.
  'arm-load',
  'defer',
  'fail',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Operation number of a name: what tables hold and what the world switches over. */
export function operationCode(name: Operation): number {
  return OPERATIONS.indexOf(name);
}

/** Operations that the device performs; the others are the client's, or place something. */
export function isDeviceOperation(code: number): boolean {
  return code >= FIRST_DEVICE && code <= LAST_DEVICE;
}

/** Operations by which the device says what is not so. */
const HOSTILE: readonly Operation[] = [
  'poke',
  'poke-all',
  'copy-field',
  'forge-used',
  'jump-used',
  'scribble',
  'raw-byte',
];

export function isHostileOperation(name: Operation): boolean {
  return HOSTILE.includes(name);
}

const FIRST_DEVICE = OPERATIONS.indexOf('complete');
const LAST_DEVICE = OPERATIONS.indexOf('raw-byte');

type Weights = Readonly<Partial<Record<Operation, number>>>;

const RING_WEIGHTS: Weights = {
  add: 11,
  'add-many': 2,
  get: 9,
  drain: 3,
  kick: 3,
  'kick-prepare': 2,
  notify: 1,
  'disable-cb': 2,
  'enable-cb': 2,
  'enable-cb-delayed': 2,
  'prepare-and-poll': 2,
  interrupt: 1,
  'detach-all': 1,
  reset: 2,
  resize: 1,
  query: 1,
  break: 1,
  complete: 8,
  'complete-many': 2,
  'want-kicks': 1,
  poke: 2,
  'poke-all': 1,
  'copy-field': 1,
  'forge-used': 1,
  'jump-used': 1,
  scribble: 2,
  'raw-byte': 1,
  'arm-load': 2,
  defer: 2,
  fail: 2,
};

const BOUNCE_WEIGHTS: Weights = {
  add: 10,
  'add-many': 1,
  get: 7,
  drain: 2,
  kick: 1,
  reset: 1,
  'detach-all': 1,
  query: 1,
  'client-map': 6,
  'client-write': 3,
  'client-sync': 6,
  'client-unmap': 5,
  'client-misuse': 2,
  complete: 8,
  'complete-many': 1,
  'device-fill': 5,
  scribble: 3,
  poke: 2,
  'copy-field': 1,
  'forge-used': 1,
  'arm-load': 1,
  defer: 2,
  fail: 2,
};

const FAILURE_WEIGHTS: Weights = {
  add: 12,
  'add-many': 2,
  get: 6,
  drain: 3,
  kick: 3,
  notify: 2,
  'enable-cb': 1,
  'disable-cb': 1,
  'detach-all': 2,
  reset: 3,
  resize: 3,
  query: 1,
  complete: 6,
  'complete-many': 2,
  poke: 2,
  scribble: 1,
  'copy-field': 1,
  'forge-used': 1,
  'arm-load': 1,
  defer: 2,
  fail: 9,
};

/** What a client and an honest device do on any queue: nothing that only one layout or back end has. */
const SCRIPT_WEIGHTS: Weights = {
  add: 14,
  'add-many': 3,
  get: 10,
  drain: 3,
  kick: 2,
  'kick-prepare': 2,
  notify: 1,
  'disable-cb': 3,
  'enable-cb': 3,
  'enable-cb-delayed': 2,
  'prepare-and-poll': 3,
  interrupt: 2,
  'detach-all': 1,
  reset: 2,
  resize: 2,
  query: 1,
  break: 1,
  complete: 12,
  'complete-many': 4,
  'want-kicks': 1,
};

/** Slots in order, each operation as often as it weighs. */
function expand(weights: Weights): Uint8Array {
  const slots: number[] = [];
  for (const [name, weight] of Object.entries(weights)) {
    for (let k = 0; k < weight; k++) slots.push(operationCode(name as Operation));
  }
  return Uint8Array.from(slots);
}

/** Operation tables by name; `op` counts modulo the table's length. */
export const OPERATION_TABLES = {
  ring: expand(RING_WEIGHTS),
  bounce: expand(BOUNCE_WEIGHTS),
  failure: expand(FAILURE_WEIGHTS),
  script: expand(SCRIPT_WEIGHTS),
} as const;

export type OperationTable = keyof typeof OPERATION_TABLES;

/** What each of the 256 values of an `op` byte means: the tables above, spread out so that decoding is one look-up. */
export const OPERATIONS_BY_BYTE = {
  ring: byByte(OPERATION_TABLES.ring),
  bounce: byByte(OPERATION_TABLES.bounce),
  failure: byByte(OPERATION_TABLES.failure),
  script: byByte(OPERATION_TABLES.script),
} as const;

function byByte(table: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => table[byte % table.length] ?? 0);
}

/** A byte that means this operation in that table; throws a RangeError where the table lacks it. */
export function operationByte(table: OperationTable, name: Operation): number {
  const byte = OPERATION_TABLES[table].indexOf(operationCode(name));
  if (byte < 0) throw new RangeError(`operation ${name} is not in the ${table} table`);
  return byte;
}
