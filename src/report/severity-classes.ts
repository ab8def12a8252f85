// What the device gains by a finding, in classes, and the severity of each: one oracle violates in one class. The page
// docs/severity.md is made of this, and so is what a bucket's README says about its severity.

import type { Severity } from '../verdict/verdict.js';

/** What the device gains, by severity: the meaning of the word, once for all oracles. */
export const GAINS: Readonly<Record<Severity, string>> = {
  critical: "memory that is not the device's is written, unmapped or handed out at the device's choice",
  high: "the device sees or leaves bytes that it must not, or the queue's state is no longer the driver's own decision",
  medium: 'the queue or its caller stops, panics, loops or slowly runs out of mappings',
  low: 'nothing by itself; the caller is misled, or something is left behind at the end of the queue',
};

export interface GainClass {
  readonly name: string;
  /** A sentence for people who did not write the driver. */
  readonly gain: string;
  readonly severity: Severity;
  /** Ids of oracles, and names of failures that no oracle sees. */
  readonly findings: readonly string[];
}

/** Gravest first. */
export const GAIN_CLASSES: readonly GainClass[] = [
  {
    name: 'write outside a mapping',
    gain: 'Memory that was not lent to the device, or is lent no more, is written, unmapped or used again while the other side still uses it: the way to run code in the guest.',
    severity: 'critical',
    findings: [
      'unmap-mismatch',
      'double-unmap',
      'unknown-unmap',
      'early-unmap',
      'bounce-mismatch',
      'read-only-data',
      'out-of-bounds',
      'token',
      'premature',
    ],
  },
  {
    name: 'read of private data',
    gain: 'The device reads bytes that it was not given, or the guest takes bytes of an earlier transfer for an answer: secrets leave the guest, or reach the wrong reader in it.',
    severity: 'high',
    findings: ['disclosure', 'stale-bytes'],
  },
  {
    name: 'driver state corrupted',
    gain: 'What the queue does next follows from memory that the device can write, or from lists and counters that are wrong: mostly the first half of a write outside a mapping.',
    severity: 'high',
    findings: ['untrusted-read', 'double-fetch', 'failed-add-state', 'heap', 'free-list', 'ring-publish'],
  },
  {
    name: 'panic',
    gain: 'The device stops the guest. It can always refuse its service, but not take the whole machine along.',
    severity: 'medium',
    findings: ['panic'],
  },
  {
    name: 'hang',
    gain: 'The queue, its caller or a processor waits or loops for ever.',
    severity: 'medium',
    findings: ['liveness', 'notification', 'reach', 'hang'],
  },
  {
    name: 'leak',
    gain: 'Mappings or memory run out a little with each round that the device provokes.',
    severity: 'medium',
    findings: ['mapping-leak', 'out-of-memory'],
  },
  {
    name: 'misled caller',
    gain: 'The caller is told what is not so, such as a length that the buffer does not have, and may read what nobody wrote.',
    severity: 'medium',
    findings: ['length', 'layout-divergence', 'driver-divergence'],
  },
  {
    name: 'deviation',
    gain: 'Nothing by itself: a return value that says something else, or something left behind once, at the end of the queue.',
    severity: 'low',
    findings: ['errno', 'teardown'],
  },
];

/** The class of an oracle or failure by its name; null for one that this version does not know. */
export function gainClassOf(name: string): GainClass | null {
  return GAIN_CLASSES.find(({ findings }) => findings.includes(name)) ?? null;
}
