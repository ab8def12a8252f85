// How a benchmark's figures are written, alike in the terminal and in the pages.

import type { Condition } from '../../campaign/bench/bench-data.js';
import type { BugResult } from '../../campaign/bench/bench-summary.js';
import type { MedianEstimate } from '../../campaign/bench/kaplan-meier.js';
import { grouped } from '../text-table.js';

const CORPUS_WORDS: Readonly<Record<Condition['corpus'], string>> = {
  committed: 'from the committed seeds without the showing seed',
  silent: 'from the committed seeds that do not show the bug',
  none: 'without seeds',
};

/** `without seeds, 60 s a trial`. */
export function conditionText({ corpus, limitSeconds }: Condition): string {
  return `${CORPUS_WORDS[corpus]}, ${limitSeconds} s a trial`;
}

/** Three figures: `0.042`, `1.25`, `310`. */
export function secondsText(seconds: number): string {
  if (seconds >= 100) return seconds.toFixed(0);
  if (seconds >= 10) return seconds.toFixed(1);
  return seconds >= 1 ? seconds.toFixed(2) : seconds.toFixed(3);
}

/** `-` where there is no value. */
export function orDash(value: number | null, text: (value: number) => string): string {
  return value === null ? '-' : text(value);
}

/** `0.9..3.1`; an open end is `?`. */
export function intervalText({ low, high }: MedianEstimate, text: (value: number) => string): string {
  if (low === null && high === null) return '-';
  return `${low === null ? '?' : text(low)}..${high === null ? '?' : text(high)}`;
}

/** `20/20`. */
export function share(part: number, whole: number): string {
  return `${part}/${whole}`;
}

/** What it takes to be exposed reliably: 19 of 20 trials, which of fewer than 20 is all of them. */
export function reliablyText(results: readonly BugResult[]): string {
  const trials = results.map((result) => result.trials);
  const [least, most] = [Math.min(...trials), Math.max(...trials)];
  if (least >= 20) return 'in at least 19 of 20 trials';
  if (most >= 20) return 'in at least 19 of 20 trials, or in all where it had fewer';
  if (most === 1) return 'in the one trial that each had';
  return `in each of its ${least === most ? String(most) : `${String(least)} to ${String(most)}`} trials`;
}

export function reachedText({ reached, trials }: BugResult): string {
  return reached === null ? '-' : share(reached, trials);
}

/** `untrusted-read 18, double-fetch 2`. */
export function oraclesText({ oracles }: BugResult): string {
  const entries = Object.entries(oracles);
  const [only] = entries;
  if (only === undefined) return '-';
  return entries.length === 1 ? only[0] : entries.map(([oracle, trials]) => `${oracle} ${trials}`).join(', ');
}

/** `12x`, `1.6x`, `0.052x`. */
export function ratioText(ratio: number): string {
  return `${ratio >= 10 ? grouped(ratio) : String(Number(ratio.toPrecision(2)))}x`;
}

/** Names in a row, or `none`. */
export function namesText(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
