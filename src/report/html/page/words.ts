// Numbers and times as text.

const DAY = 86_400;

/** `1,234,567`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return withRest(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < DAY) return withRest(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return withRest(Math.floor(whole / DAY), 'd', Math.floor((whole % DAY) / 3600), 'h');
}

function withRest(count: number, unit: string, rest: number, small: string): string {
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${small}`;
}

/** `2026-07-31 12:00 UTC`; what is no date stays as it is. */
export function dateText(date: string): string {
  const time = Date.parse(date);
  if (Number.isNaN(time)) return date;
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
