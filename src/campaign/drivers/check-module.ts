// Whether what a file exports is a driver module: said in one line, with the name of what is missing, before anything runs.

import { DRIVER_API_VERSION, type DriverFeatures, type RingLayout } from '../../platform/driver-module.js';
import { didYouMean } from '../nearest.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;
const LAYOUTS: readonly string[] = ['split', 'packed'] satisfies readonly RingLayout[];
const FLAGS: readonly (keyof DriverFeatures)[] = [
  'indirect',
  'eventIndex',
  'reset',
  'resize',
  'withoutDmaApi',
  'withoutCallback',
];
/** True, false, or one of these words. */
const LIMITED: readonly (readonly [keyof DriverFeatures, readonly string[]])[] = [
  ['context', ['device-writable']],
  ['premapped', ['one-direction', 'whole-queue']],
];
const LISTS: readonly (keyof DriverFeatures)[] = ['layouts', 'inOrder'];
const OPTIONAL_FUNCTIONS = ['guestMemory', 'bouncePool', 'reset', 'frames', 'coverage'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a module, or null: then it is one. */
export function moduleProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return `"driver" is ${shown(value)}, it must be an object`;
  const object = value as Fields;
  if (object['apiVersion'] !== DRIVER_API_VERSION) {
    return `it is written for version ${shown(object['apiVersion'])} of the driver interface, this vringfuzz has version ${DRIVER_API_VERSION} ("apiVersion")`;
  }
  return headProblem(object) ?? featuresProblem(object['features']) ?? functionsProblem(object);
}

function headProblem({ name, version, semantics }: Fields): string | null {
  if (typeof name !== 'string' || !NAME.test(name)) {
    return `"name" is ${shown(name)}, it must be one word of letters, digits, dots and dashes`;
  }
  if (typeof version !== 'string' || version === '') return '"version" is missing: any text that says what was run';
  if (semantics === 'linux' || semantics === 'specification') return null;
  return `"semantics" is ${shown(semantics)}, it must be "linux" or "specification"`;
}

function featuresProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return '"features" is missing: what the driver can do';
  const features = value as Fields;
  const known: readonly string[] = [...FLAGS, ...LIMITED.map(([name]) => name), ...LISTS];
  const unknown = Object.keys(features).find((key) => !known.includes(key));
  if (unknown !== undefined) return `"features.${unknown}" is unknown${didYouMean(unknown, known)}`;
  for (const flag of FLAGS) {
    if (typeof features[flag] !== 'boolean')
      return `"features.${flag}" is ${shown(features[flag])}, it must be true or false`;
  }
  for (const [name, words] of LIMITED) {
    const value = features[name];
    if (typeof value === 'boolean' || words.some((word) => word === value)) continue;
    return `"features.${name}" is ${shown(value)}, it must be true, false or ${words.map((word) => `"${word}"`).join(' or ')}`;
  }
  for (const list of LISTS) {
    const layouts = features[list];
    if (!Array.isArray(layouts) || !layouts.every((layout) => LAYOUTS.includes(layout as string))) {
      return `"features.${list}" is ${shown(layouts)}, it must be a list of "split" and "packed"`;
    }
  }
  if ((features['layouts'] as readonly unknown[]).length === 0) return '"features.layouts" is empty: no ring to fuzz';
  return features['resize'] === true && features['reset'] !== true ? '"features.resize" needs "features.reset"' : null;
}

function functionsProblem(object: Fields): string | null {
  if (typeof object['createQueues'] !== 'function') return 'the function "createQueues" is missing';
  const { helpers } = object;
  if (helpers !== undefined && !(Array.isArray(helpers) && helpers.every((name) => typeof name === 'string'))) {
    return `"helpers" is ${shown(helpers)}, it must be a list of function names`;
  }
  const other = OPTIONAL_FUNCTIONS.find((name) => object[name] !== undefined && typeof object[name] !== 'function');
  return other === undefined ? null : `"${other}" is ${shown(object[other])}, it must be a function`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
