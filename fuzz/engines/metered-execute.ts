// The function that engines other than our own are given: execute of the build, metered.

import { resolveDriver } from '../../src/campaign/drivers/resolve-driver.js';
import { targetByName } from '../../src/target/targets.js';
import { type ExecuteOptions, execute } from '../../src/world/execute.js';
import { TrialMeter } from './trial-meter.js';

export interface MeteredExecute {
  readonly context: TrialMeter['context'];
  /** One execution; does not return after a finding or when the time is over. */
  readonly run: (data: Uint8Array) => void;
}

/** For the target that the benchmark names. */
export function meteredExecute(): MeteredExecute {
  const meter = new TrialMeter();
  const target = targetByName(meter.context.target);
  if (target === undefined) throw new Error(`no target is named ${meter.context.target}`);
  const { driver } = meter.context;
  const options: ExecuteOptions = driver === undefined ? {} : { driver: resolveDriver(driver) };
  return {
    context: meter.context,
    run: (data) => {
      meter.begin();
      const verdict = execute(target, data, options);
      if (verdict.kind !== 'ok') meter.failed(verdict, data);
      meter.end();
    },
  };
}
