// Survival estimates for trials that may end without a finding: Kaplan and Meier (1958), with Greenwood's variance and the
// interval of Brookmeyer and Crowley (1982) for the median, on the log-log scale, as `survfit(conf.type = "log-log")` of R.

export interface Observation {
  /** When it ended. */
  readonly time: number;
  /** Whether that was the event; otherwise it was censored. */
  readonly event: boolean;
}

export interface SurvivalStep {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  /** Share that survives this time. */
  readonly survival: number;
  /** Limits of the pointwise interval at 95 %; null where it is not defined. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface MedianEstimate {
  /** Null where fewer than half of the trials had the event within the time observed. */
  readonly median: number | null;
  /** Limits of the interval at 95 %; null where it is open. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Of the normal distribution, for 95 %. */
const QUANTILE = 1.959963984540054;
const TOLERANCE = 1e-9;

/** One step for each distinct time of an event, ascending. Those censored at that time are still at risk. */
export function survivalCurve(observations: readonly Observation[]): readonly SurvivalStep[] {
  const sorted = [...observations].sort((a, b) => a.time - b.time);
  const steps: SurvivalStep[] = [];
  let survival = 1;
  let greenwood = 0;
  for (let from = 0; from < sorted.length;) {
    const time = sorted[from]?.time ?? 0;
    let to = from;
    let events = 0;
    for (; to < sorted.length && sorted[to]?.time === time; to++) events += sorted[to]?.event === true ? 1 : 0;
    const atRisk = sorted.length - from;
    from = to;
    if (events === 0) continue;
    survival *= 1 - events / atRisk;
    greenwood += events / (atRisk * (atRisk - events));
    steps.push({ time, atRisk, events, survival, ...interval(survival, greenwood) });
  }
  return steps;
}

export function medianOf(steps: readonly SurvivalStep[]): MedianEstimate {
  return {
    median: crossing(steps, ({ survival }) => survival),
    low: crossing(steps, ({ low }) => low),
    high: crossing(steps, ({ high }) => high),
  };
}

export function medianTime(observations: readonly Observation[]): MedianEstimate {
  return medianOf(survivalCurve(observations));
}

/** The median of plain numbers; null for none. */
export function plainMedian(values: readonly number[]): number | null {
  return medianTime(values.map((time) => ({ time, event: true }))).median;
}

function interval(survival: number, greenwood: number): Pick<SurvivalStep, 'low' | 'high'> {
  if (survival <= TOLERANCE || survival >= 1) return { low: null, high: null };
  const log = Math.log(survival);
  const spread = (QUANTILE * Math.sqrt(greenwood)) / Math.abs(log);
  return { low: survival ** Math.exp(spread), high: survival ** Math.exp(-spread) };
}

/** When the curve falls to a half; the middle of the step where it stays at exactly a half. */
function crossing(steps: readonly SurvivalStep[], value: (step: SurvivalStep) => number | null): number | null {
  const known = steps.flatMap((step) => {
    const height = value(step);
    return height === null ? [] : [{ time: step.time, height }];
  });
  const at = known.findIndex(({ height }) => height <= 0.5 + TOLERANCE);
  const first = known[at];
  if (first === undefined) return null;
  if (Math.abs(first.height - 0.5) > TOLERANCE) return first.time;
  const next = known.slice(at).find(({ height }) => height < first.height - TOLERANCE);
  return next === undefined ? first.time : (first.time + next.time) / 2;
}
