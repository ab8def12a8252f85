// The steps of an input as a trace lists them: creation, then what the input asks for, then the teardown. Each with its
// line of text and with who acts.

import { describeScenario } from '../scenario/describe.js';
import { type Operation, isDeviceOperation, isHostileOperation, operationCode } from '../scenario/operations.js';
import { decodeScenario } from '../scenario/scenario.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { StepOperation } from '../verdict/trace.js';

export interface PlannedStep {
  readonly title: string;
  readonly operation: StepOperation;
}

const CREATION: PlannedStep = { title: 'create the queue', operation: { name: 'create', by: 'client' } };

export const TEARDOWN: PlannedStep = {
  title: 'teardown: stop the device, take all buffers back, destroy the queue',
  operation: { name: 'teardown', by: 'client' },
};

const EPILOGUE: PlannedStep = {
  title: 'epilogue: everything works, the device is honest, and the queue must serve it',
  operation: { name: 'epilogue', by: 'client' },
};

const RAW_ROUND: readonly PlannedStep[] = [
  { title: 'client adds buffers', operation: { name: 'raw-add', by: 'client' } },
  {
    title: 'device lays the input over the ring, client handles completions',
    operation: { name: 'raw-overlay', by: 'hostile' },
  },
];

/** The configuration's line, and all steps but the teardown, the creation's first. */
export function plannedSteps(
  target: TargetSpec,
  bytes: Uint8Array,
  withEpilogue: boolean,
): { readonly configuration: string; readonly steps: readonly PlannedStep[] } {
  const { configuration, steps: titles } = describeScenario(target, bytes);
  const end = withEpilogue ? [EPILOGUE] : [];
  if (target.form === 'raw') return { configuration, steps: [CREATION, ...RAW_ROUND, ...RAW_ROUND, ...end] };
  const operations = operationsOf(decodeScenario(target, bytes).steps.map(({ operation }) => operation));
  const planned = titles.map((title, k) => ({ title, operation: operations[k] ?? CREATION.operation }));
  return { configuration, steps: [CREATION, ...planned, ...end] };
}

function operationsOf(names: readonly Operation[]): readonly StepOperation[] {
  // A `defer` takes the next device operation, however far on it is.
  let deferring = false;
  return names.map((name) => {
    const by = actorOf(name);
    const deferred = deferring && isDeviceOperation(operationCode(name));
    if (deferred) deferring = false;
    if (name === 'defer') deferring = true;
    return deferred ? { name, by, deferred } : { name, by };
  });
}

function actorOf(name: Operation): StepOperation['by'] {
  if (name === 'arm-load' || name === 'defer' || name === 'fail') return 'placement';
  if (isHostileOperation(name)) return 'hostile';
  // The call is the driver's, but it is the device that interrupts.
  return name === 'interrupt' || isDeviceOperation(operationCode(name)) ? 'device' : 'client';
}
