// The benchmark's own engine: the fuzz target of a campaign as `fuzz --bug` runs it, with a meter around it.

import { resolveDriver } from '../../src/campaign/drivers/resolve-driver.js';
import { targetByName } from '../../src/target/targets.js';
import { type ExecuteOptions, execute } from '../../src/world/execute.js';
import { fuzzTarget } from '../fuzz-target.js';
import { TrialMeter } from './trial-meter.js';

const meter = new TrialMeter();
const { target: name, driver } = meter.context;

/** Once, as the trial ends: the target has a driver of its own. */
function underTest(): ExecuteOptions {
  return driver === undefined ? {} : { driver: resolveDriver(driver) };
}

export const fuzz = fuzzTarget(name, (run) => (data) => {
  meter.begin();
  try {
    run(data);
  } catch (error) {
    // The target ends a process of one wanted finding by an exception, which does not carry it.
    const target = targetByName(name);
    const verdict = target === undefined ? null : execute(target, data, underTest());
    if (verdict === null || verdict.kind === 'ok') throw error;
    meter.failed(verdict, data);
  }
  meter.end();
});
