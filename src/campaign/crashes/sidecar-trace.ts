// The trace inside a sidecar: checked when it is read, as deep as a report uses it, and written with one event a line, so
// that a file of a thousand events is still one that people can read and compare.

import type { EventData, MarkData } from '../../verdict/trace-data.js';
import type { StepOperation, Trace, TraceEvent, TraceMark, TraceStep } from '../../verdict/trace.js';
import {
  FieldError,
  type JsonObject,
  choiceField,
  integerField,
  nullable,
  objectField,
  objectListField,
  stringField,
  textField,
} from '../json-fields.js';

const ACTORS = ['client', 'device', 'hostile', 'placement'] as const;
const MARKS: readonly string[] = ['ring', 'recycled', 'transport', 'store', 'return'];

type Check = readonly [says: string, holds: (value: unknown) => boolean];

const INTEGER: Check = ['an integer', (value) => Number.isSafeInteger(value)];
const NUMBER: Check = ['a number', (value) => Number.isFinite(value)];
/** Values of 64 bits lose low bits, but stay integers. */
const WHOLE: Check = ['a whole number', (value) => Number.isInteger(value)];
const WIDTH: Check = ['2, 4 or 8', (value) => value === 2 || value === 4 || value === 8];
/** virtio-v1.4 2.7 and 2.8 allow no more. */
const ENTRIES: Check = [
  '1 to 32768',
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 32768,
];
const TEXT: Check = ['a string', (value) => typeof value === 'string'];
const BOOLEAN: Check = ['true or false', (value) => typeof value === 'boolean'];
const HEX: Check = ['hex digits', (value) => typeof value === 'string' && /^(?:[0-9a-f]{2})*$/.test(value)];
const INTEGERS: Check = ['a list of integers', (value) => Array.isArray(value) && value.every(Number.isSafeInteger)];
const AREAS: Check = ['areas with fields', (value) => Array.isArray(value) && value.length <= 4 && value.every(isArea)];

/** Fields by type of data; a question mark for what may be absent. */
const SHAPES: Readonly<Record<EventData['type'] | MarkData['type'], Readonly<Record<string, Check>>>> = {
  call: { call: TEXT },
  return: { call: TEXT, result: TEXT, 'token?': INTEGER, 'refused?': ['true', (value): boolean => value === true] },
  load: { field: TEXT, at: INTEGER, size: WIDTH, value: WHOLE },
  store: { field: TEXT, at: INTEGER, size: WIDTH, value: WHOLE },
  'device-write': { field: orNull(TEXT), at: INTEGER, size: INTEGER, 'value?': WHOLE, 'bytes?': HEX },
  'device-read': { at: INTEGER, size: INTEGER },
  map: {
    entry: orNull(INTEGER),
    dma: orNull(NUMBER),
    cpu: INTEGER,
    size: INTEGER,
    direction: TEXT,
    kind: TEXT,
    token: INTEGER,
    owner: oneOf('driver', 'client'),
    'bytes?': HEX,
  },
  unmap: {
    entry: orNull(INTEGER),
    ended: orNull(INTEGER),
    dma: NUMBER,
    size: NUMBER,
    direction: TEXT,
    kind: TEXT,
  },
  sync: { entry: orNull(INTEGER), dma: NUMBER, size: NUMBER, for: oneOf('device', 'cpu') },
  copy: { source: INTEGER, target: INTEGER, size: INTEGER },
  allocate: { at: orNull(INTEGER), size: INTEGER },
  free: { at: NUMBER },
  coherent: { cpu: orNull(INTEGER), dma: orNull(NUMBER), size: INTEGER },
  'coherent-free': { cpu: INTEGER, size: INTEGER },
  violation: { oracle: TEXT, shape: TEXT, mapping: orNull(INTEGER), live: INTEGERS },
  ring: { packed: BOOLEAN, num: ENTRIES, areas: AREAS },
  recycled: { token: INTEGER },
  transport: { request: oneOf('notify', 'disable', 'enable'), ok: BOOLEAN },
};

/** Reads `object[name]`. Throws FieldError. */
export function traceField(object: JsonObject, name: string): Trace {
  const trace = objectField(object, name);
  return {
    configuration: textField(trace, 'configuration'),
    steps: objectListField(trace, 'steps').map((step, index) => within(`${name}.steps[${index}]`, () => stepOf(step))),
    hash: stringField(trace, 'hash'),
  };
}

/** The trace as JSON, one event a line, for a document whose fields are indented by two. */
export function traceJson(trace: Trace): string {
  const steps = trace.steps.map(({ number, title, operation, events, marks }) => {
    const head = JSON.stringify({ number, title, ...(operation === undefined ? {} : { operation }) });
    const lists = [...(marks === undefined ? [] : [listJson('marks', marks)]), listJson('events', events)];
    return `      ${head.slice(0, -1)},\n${lists.join(',\n')}\n      }`;
  });
  const { configuration, hash } = trace;
  const head = `    "configuration": ${JSON.stringify(configuration)},\n    "hash": ${JSON.stringify(hash)},\n`;
  return `{\n${head}    "steps": [\n${steps.join(',\n')}\n    ]\n  }`;
}

function listJson(name: string, items: readonly unknown[]): string {
  if (items.length === 0) return `        "${name}": []`;
  return `        "${name}": [\n${items.map((item) => `          ${JSON.stringify(item)}`).join(',\n')}\n        ]`;
}

function stepOf(step: JsonObject): TraceStep {
  const operation = nullable(step, 'operation', operationField);
  const marks = step['marks'] === undefined ? null : objectListField(step, 'marks').map(markOf);
  return {
    number: integerField(step, 'number'),
    title: textField(step, 'title'),
    events: objectListField(step, 'events').map((event, index) => within(`events[${index}]`, () => eventOf(event))),
    ...(operation === null ? {} : { operation }),
    ...(marks === null ? {} : { marks }),
  };
}

function operationField(object: JsonObject, name: string): StepOperation {
  const operation = objectField(object, name);
  const base = { name: stringField(operation, 'name'), by: choiceField(operation, 'by', ACTORS) };
  return operation['deferred'] === true ? { ...base, deferred: true } : base;
}

function eventOf(event: JsonObject): TraceEvent {
  const base = { kind: stringField(event, 'kind'), text: textField(event, 'text') };
  if (event['data'] === undefined) return base;
  const data = dataField(event, 'data');
  if (['ring', 'recycled', 'transport'].includes(data.type)) throw new FieldError('"data.type" is that of a mark');
  return { ...base, data: data as EventData };
}

function markOf(mark: JsonObject, index: number): TraceMark {
  return within(`marks[${index}]`, () => {
    const data = dataField(mark, 'data');
    if (!MARKS.includes(data.type)) throw new FieldError('"data.type" is that of an event');
    return { before: integerField(mark, 'before'), data: data as MarkData };
  });
}

/** Only what is known of that type: what else a file holds is nobody's. */
function dataField(object: JsonObject, name: string): EventData | MarkData {
  const data = objectField(object, name);
  const type = choiceField(data, 'type', Object.keys(SHAPES) as (keyof typeof SHAPES)[]);
  const read: Record<string, unknown> = { type };
  for (const [label, [says, holds]] of Object.entries(SHAPES[type])) {
    const key = label.replace('?', '');
    const value = data[key];
    if (value === undefined && label !== key) continue;
    if (!holds(value)) throw new FieldError(`"${name}.${key}" must be ${says}`);
    read[key] = value;
  }
  return read as unknown as EventData | MarkData;
}

function isArea(value: unknown): boolean {
  const area = value as { name?: unknown; at?: unknown; size?: unknown; fields?: unknown } | null;
  return (
    typeof area?.name === 'string' &&
    Number.isSafeInteger(area.at) &&
    Number.isSafeInteger(area.size) &&
    Array.isArray(area.fields) &&
    area.fields.length <= 8 &&
    area.fields.every(isRingField)
  );
}

function isRingField(value: unknown): boolean {
  const field = value as { name?: unknown; at?: unknown; size?: unknown; stride?: unknown } | null;
  return (
    typeof field?.name === 'string' &&
    Number.isSafeInteger(field.at) &&
    Number.isSafeInteger(field.size) &&
    (field.stride === undefined || Number.isSafeInteger(field.stride))
  );
}

function orNull([says, holds]: Check): Check {
  return [`${says} or null`, (value) => value === null || holds(value)];
}

function oneOf(...choices: readonly string[]): Check {
  return [`one of ${choices.join(', ')}`, (value) => choices.includes(value as string)];
}

/** Says where, in front of what is wrong. */
function within<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError(`${where}: ${error.message}`);
  }
}
