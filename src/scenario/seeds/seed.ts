// What a seed is: a hand-named input with the reason why it is kept. The bytes are made from named operations
// (src/scenario/seeds/steps.ts) or, for the raw target, from a ring image (src/scenario/seeds/ring-image.ts).

import { targetByName } from '../../target/targets.js';
import { blankConfiguration, type Configuration, decodeConfiguration, encodeConfiguration } from '../configuration.js';
import { type DifferentialHeader, encodeDifferential, encodeScriptStep } from '../differential-encoding.js';
import { encodeScenario, type Step } from '../scenario.js';
import { RingImage } from './ring-image.js';
import { Steps } from './steps.js';

export interface Seed {
  readonly target: string;
  /** Unique among all targets: kebab-case, also the name of the file. */
  readonly name: string;
  /** One line. */
  readonly why: string;
  readonly bytes: Uint8Array;
}

export type ScenarioTarget = 'split_ring_fuzzer' | 'packed_ring_fuzzer' | 'bounce_fuzzer' | 'mapping_error_fuzzer';

/** What a seed's steps are built with: steps, or runs of steps. */
export type Build = (s: Steps) => readonly (Step | readonly Step[])[];

export type DefineSeed = (name: string, why: string, part: Partial<Configuration>, build: Build) => Seed;

/** Defines scenarios of one target. What its input format cannot say is a RangeError. */
export function seedsOf(target: ScenarioTarget): DefineSeed {
  return (name, why, part, build) => {
    const config = configurationOf(target, part);
    const steps = build(new Steps(config.packed)).flat();
    const header = encodeConfiguration(config);
    return { target, name, why, bytes: encodeScenario(specOf(target).operations, { header, steps }) };
  };
}

/** Defines a script that several configurations must answer alike. */
export function differentialSeed(name: string, why: string, header: DifferentialHeader, build: Build): Seed {
  const target = 'layout_differential_fuzzer';
  const steps = build(new Steps(false)).flat().map(encodeScriptStep);
  return { target, name, why, bytes: encodeScenario('script', { header: encodeDifferential(header), steps }) };
}

/** Buffers that the raw target puts in flight, and which calls it makes: one byte (src/world/runner.ts). */
export interface RawShape {
  /** Buffers added before the bytes are laid over the ring, 1 to 8. */
  readonly buffers: number;
  /** Bits 3 to 7: more buffers in the second round, callbacks off, delayed callbacks, reset. */
  readonly rest?: { readonly more?: number; disableCb?: boolean; delayed?: boolean; reset?: boolean };
}

/** A seed of the raw target: what the whole ring memory holds when the driver looks at it. */
export function rawSeed(
  name: string,
  why: string,
  part: Partial<Configuration>,
  shape: RawShape,
  draw: (ring: RingImage) => void,
): Seed {
  const target = 'raw_ring_fuzzer';
  const config = configurationOf(target, part);
  const image = new RingImage(config.packed, config.num);
  draw(image);
  const header = encodeConfiguration(config);
  const ring = image.bytes;
  const bytes = new Uint8Array(header.length + 1 + ring.length);
  bytes.set(header);
  bytes[header.length] = shapeByte(shape);
  bytes.set(ring, header.length + 1);
  return { target, name, why, bytes };
}

function shapeByte({ buffers, rest = {} }: RawShape): number {
  const more = (rest.more ?? 1) - 1;
  if (buffers < 1 || buffers > 8 || more < 0 || more > 3) throw new RangeError('no shape byte means that many buffers');
  return (
    (buffers - 1) |
    (more << 3) |
    (rest.disableCb === true ? 32 : 0) |
    (rest.delayed === true ? 64 : 0) |
    (rest.reset === true ? 128 : 0)
  );
}

/** The whole configuration; throws where the target's header would decode to another one. */
function configurationOf(target: string, part: Partial<Configuration>): Configuration {
  const spec = specOf(target);
  const config: Configuration = { ...blankConfiguration(), ...part };
  if (spec.ring !== 'any') config.packed = spec.ring === 'packed';
  if (spec.backEnd !== 'any' && part.backEnd === undefined) config.backEnd = spec.backEnd;
  config.useDmaApi = config.backEnd !== 'none';
  const decoded = blankConfiguration();
  decodeConfiguration(spec, encodeConfiguration(config), decoded);
  for (const key of Object.keys(config) as (keyof Configuration)[]) {
    if (decoded[key] !== config[key]) throw new RangeError(`${target} cannot have ${key} ${config[key]}`);
  }
  return config;
}

function specOf(target: string): NonNullable<ReturnType<typeof targetByName>> {
  const spec = targetByName(target);
  if (spec === undefined) throw new RangeError(`no target ${target}`);
  return spec;
}
