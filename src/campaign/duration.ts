// Durations as people type them: 60s, 10m, 1h, or a bare number of seconds.

import { UsageError } from './errors.js';

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds, at least 1. Throws UsageError that says what to type instead. */
export function parseDuration(text: string): number {
  const match = /^(\d+)([smhd]?)$/.exec(text.trim());
  const seconds = Number(match?.[1] ?? 0) * (SECONDS[match?.[2] ?? ''] ?? 0);
  if (seconds < 1 || !Number.isSafeInteger(seconds)) {
    throw new UsageError(`not a duration: ${text} (type 60s, 10m, 1h or a number of seconds, at least 1)`);
  }
  return seconds;
}

/** `5s`, `2m05s`, `1h02m`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) {
    return `${String(whole)}s`;
  }
  if (whole < 3600) {
    return `${String(Math.floor(whole / 60))}m${two(whole % 60)}s`;
  }
  return `${String(Math.floor(whole / 3600))}h${two(Math.floor((whole % 3600) / 60))}m`;
}
