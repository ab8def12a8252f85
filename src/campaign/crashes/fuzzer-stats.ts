// crashes/<target>/fuzzer_stats: where a campaign stands, in the names and the form of AFL++ (afl-whatsup reads it). Only
// what has a true value here: libFuzzer has no queue cycles and favours no inputs.

export const STATS_FILE = 'fuzzer_stats';

export interface FuzzerStats {
  /** Seconds since 1970, as all points in time here. */
  readonly start_time: number;
  readonly last_update: number;
  /** Seconds of fuzzing, of all campaigns that the last one resumed. */
  readonly run_time: number;
  /** Process id of the campaign. */
  readonly fuzzer_pid: number;
  /** Always 0: libFuzzer draws inputs at random, without a queue. */
  readonly cycles_done: number;
  readonly cur_item: number;
  readonly pending_total: number;
  readonly pending_favs: number;
  /** Seconds of fuzzing since the last new edge, queue state or bucket. */
  readonly time_wo_finds: number;
  readonly execs_done: number;
  readonly execs_per_sec: number;
  readonly execs_ps_last_min: number;
  readonly corpus_count: number;
  /** Per cent. */
  readonly stability: number;
  readonly bitmap_cvg: number;
  /** Distinct buckets, and those of them that are hangs. */
  readonly saved_crashes: number;
  readonly saved_hangs: number;
  /** 0 where there was none. */
  readonly last_find: number;
  readonly last_crash: number;
  readonly last_hang: number;
  /** Milliseconds. */
  readonly exec_timeout: number;
  /** Of the largest engine process. */
  readonly peak_rss_mb: number;
  readonly edges_found: number;
  readonly total_edges: number;
  readonly afl_banner: string;
  readonly afl_version: string;
  readonly target_mode: string;
  readonly command_line: string;
}

const PER_CENT: readonly (keyof FuzzerStats)[] = ['stability', 'bitmap_cvg'];
const RATES: readonly (keyof FuzzerStats)[] = ['execs_per_sec', 'execs_ps_last_min'];
/** As wide as AFL++ writes it. */
const NAME_WIDTH = 18;

/** One `name : value` line a field. */
export function fuzzerStatsText(stats: FuzzerStats): string {
  const names = Object.keys(stats) as (keyof FuzzerStats)[];
  return names.map((name) => `${name.padEnd(NAME_WIDTH)}: ${valueText(name, stats[name])}\n`).join('');
}

function valueText(name: keyof FuzzerStats, value: string | number): string {
  // A line each: whatever a name or a command line holds.
  if (typeof value === 'string') return value.replace(/\s+/g, ' ');
  if (PER_CENT.includes(name)) return `${value.toFixed(2)}%`;
  return RATES.includes(name) ? value.toFixed(2) : String(Math.round(value));
}
