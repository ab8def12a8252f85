// Runs an input in the world: record after record, then the teardown that every queue must survive.

import { CALL_NONE } from '../oracle/calls.js';
import type { ForeignDriver } from '../platform/driver-module.js';
import { HEADER_SIZE } from '../scenario/configuration.js';
import { isDeviceOperation, isHostileOperation, OPERATIONS, OPERATIONS_BY_BYTE } from '../scenario/operations.js';
import { RECORD_SIZE, recordCount } from '../scenario/scenario.js';
import type { TargetSpec } from '../target/target-spec.js';
import { Epilogue } from './epilogue.js';
import { NO_INTERRUPT, RecordOperations } from './record-operations.js';
import { ScriptRunner } from './script-runner.js';
import { markState } from './state-feedback.js';
import { World } from './world.js';

const LIES = Uint8Array.from(OPERATIONS, (name) => (isHostileOperation(name) ? 1 : 0));

export class Runner {
  readonly world: World;
  private readonly operations: RecordOperations;
  private readonly epilogue: Epilogue;
  /** For inputs that compare configurations. */
  readonly script: ScriptRunner;
  /** Number of the step in progress: 0 creation, 1 .. n the records, then the epilogue of a placement, the teardown. */
  step = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private table: Uint8Array = OPERATIONS_BY_BYTE.ring;
  /** The device has done something hostile in this execution. */
  private lied = false;
  private onStep: ((step: number) => void) | null = null;
  private readonly atStep = (step: number): void => {
    this.step = step;
    if (this.onStep !== null) this.onStep(step);
  };

  /** `driver` is the driver under test where it is not our own. */
  constructor(driver: ForeignDriver | null = null) {
    this.world = new World(
      (record) => {
        this.performDeferred(record);
      },
      () => this.step,
      driver,
    );
    this.operations = new RecordOperations(this.world);
    this.epilogue = new Epilogue(this.world);
    this.script = new ScriptRunner(this.world);
  }

  /** Runs an input of whichever form. */
  play(
    target: TargetSpec,
    bytes: Uint8Array,
    feedback: Uint8Array | null,
    onStep: ((step: number) => void) | null,
  ): void {
    if (target.form === 'raw') this.runRaw(target, bytes, feedback, onStep);
    else if (target.form === 'scenario') this.run(target, bytes, feedback, onStep);
    else {
      this.begin(target, bytes);
      this.onStep = onStep;
      this.script.play(bytes, feedback, this.atStep);
    }
  }

  /** Runs a scenario. `feedback` gets the state counters; `onStep` is told before each step. */
  run(
    target: TargetSpec,
    bytes: Uint8Array,
    feedback: Uint8Array | null,
    onStep: ((step: number) => void) | null,
  ): void {
    const { world, operations } = this;
    this.begin(target, bytes);
    onStep?.(0);
    const records = recordCount(bytes.length);
    if (!world.begin(target, bytes)) {
      this.notCreated(records + 1, onStep);
      return;
    }
    for (let k = 0; k < records; k++) {
      const at = HEADER_SIZE + k * RECORD_SIZE;
      const code = this.table[bytes[at]!]!;
      this.step = k + 1;
      if (onStep !== null) onStep(this.step);
      if (operations.deferMoment >= 0 && isDeviceOperation(code)) {
        world.races.defer(operations.deferMoment, operations.deferCount, k);
        operations.deferMoment = -1;
      } else {
        operations.handlers[code]!(bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
      }
      if (feedback !== null) markState(feedback, world.caseFile.model, code, this.lied);
      if (LIES[code] === 1) this.lied = true;
    }
    this.finish(records + 1, !this.lied && !operations.armedLoad, onStep);
  }

  /** Runs a raw input: buffers in flight, the bytes over the ring, then everything a driver does with completions. */
  runRaw(
    target: TargetSpec,
    bytes: Uint8Array,
    feedback: Uint8Array | null,
    onStep: ((step: number) => void) | null,
  ): void {
    const { world } = this;
    this.begin(target, bytes);
    onStep?.(0);
    if (!world.begin(target, bytes)) {
      this.notCreated(5, onStep);
      return;
    }
    const shape = bytes[HEADER_SIZE] ?? 0;
    for (let round = 1; round <= 2; round++) {
      this.step = 2 * round - 1;
      onStep?.(this.step);
      for (let k = 0; k < (round === 1 ? 1 + (shape & 7) : 1 + ((shape >> 3) & 3)); k++)
        this.operations.addOne((shape >> 2) + 9 * k, k, 0);
      world.device.fetch();
      this.step = 2 * round;
      onStep?.(this.step);
      world.hostile.overlay(world.device, bytes, HEADER_SIZE + 1);
      this.rawCompletions(shape);
      if (feedback !== null) markState(feedback, world.caseFile.model, (shape & 15) + 16 * round, (shape & 16) !== 0);
    }
    this.finish(5, false, onStep);
  }

  private rawCompletions(shape: number): void {
    const { session } = this.world;
    session.interrupt();
    session.kick();
    if ((shape & 32) !== 0) session.disableCb();
    this.operations.drain();
    if ((shape & 64) !== 0) session.enableCbDelayed();
    else session.enableCb();
    this.operations.drain();
    session.prepareAndPoll();
    if ((shape & 128) !== 0 && session.reset()) this.world.handOver();
  }

  private begin(target: TargetSpec, bytes: Uint8Array): void {
    this.bytes = bytes;
    this.table = OPERATIONS_BY_BYTE[target.operations];
    this.lied = false;
    this.operations.reset();
    this.step = 0;
  }

  /** Nothing to run, and nothing to tear down, but a queue whose creation failed must be had when everything works. */
  private notCreated(step: number, onStep: ((step: number) => void) | null): void {
    if (this.world.placement?.epilogue !== true) return;
    this.step = step;
    onStep?.(step);
    this.epilogue.run(false, true);
    this.teardown(step + 1, onStep);
  }

  /** The epilogue, where one is wanted, and the teardown. */
  private finish(step: number, trusted: boolean, onStep: ((step: number) => void) | null): void {
    const { placement } = this.world;
    if (placement?.epilogue !== true) {
      this.teardown(step, onStep);
      return;
    }
    this.step = step;
    onStep?.(step);
    this.epilogue.run(true, trusted && placement.writes === undefined);
    this.teardown(step + 1, onStep);
  }

  private teardown(step: number, onStep: ((step: number) => void) | null): void {
    this.step = step;
    onStep?.(step);
    if (this.world.exists) this.world.takeDown();
    this.world.caseFile.beginCall(CALL_NONE);
  }

  private performDeferred(record: number): void {
    const at = HEADER_SIZE + record * RECORD_SIZE;
    const { bytes } = this;
    const code = this.table[bytes[at]!]!;
    // In the middle of a driver call the device can do anything but interrupt.
    const mask = OPERATIONS[code] === 'complete' || OPERATIONS[code] === 'complete-many' ? NO_INTERRUPT : 0;
    this.operations.handlers[code]!(bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]! | mask);
  }
}
