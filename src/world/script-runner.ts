// Runs a script, which is operations of a client and of an honest device, on the reference and on every other configuration
// that the input names, and compares what the client is told. The usual oracles judge each run as well.

import { AnswerJudge } from '../oracle/answer-judge.js';
import { CALL_CREATE, CALL_NONE } from '../oracle/calls.js';
import { HEADER_SIZE } from '../scenario/configuration.js';
import { decodeCompared, furtherCount, nameOfCompared } from '../scenario/differential.js';
import { OPERATIONS_BY_BYTE } from '../scenario/operations.js';
import { RECORD_SIZE, recordCount } from '../scenario/scenario.js';
import { ScriptOperations } from './script-operations.js';
import { markState } from './state-feedback.js';
import type { World } from './world.js';

const TABLE = OPERATIONS_BY_BYTE.script;

export class ScriptRunner {
  /** Number of the configuration in progress: 0 the reference. */
  run = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly answers: AnswerJudge;
  private readonly operations: ScriptOperations;

  constructor(private readonly world: World) {
    this.answers = new AnswerJudge(world.caseFile, {
      reference: () => nameOfCompared(this.bytes, 0),
      other: () => nameOfCompared(this.bytes, this.run),
    });
    this.operations = new ScriptOperations(world, this.answers);
  }

  /** Runs an input. `atStep` is told before each step of each run; each run begins with step 0. */
  play(bytes: Uint8Array, feedback: Uint8Array | null, atStep: (step: number) => void): void {
    const { world, answers } = this;
    this.bytes = bytes;
    // Failures and races that somebody places hit each configuration elsewhere.
    world.placement = null;
    const count = furtherCount(bytes);
    for (let k = 0; k <= count; k++) {
      if (!decodeCompared(bytes, k, world.config)) continue;
      this.run = k;
      if (k === 0) answers.record();
      else answers.compare();
      this.playOne(feedback, atStep);
    }
  }

  private playOne(feedback: Uint8Array | null, atStep: (step: number) => void): void {
    const { world, bytes, operations } = this;
    atStep(0);
    const created = world.start(false);
    this.answers.answered(CALL_CREATE, world.session.result);
    if (!created) return;
    operations.begin(bytes);
    const records = recordCount(bytes.length);
    for (let k = 0; k < records; k++) {
      const at = HEADER_SIZE + k * RECORD_SIZE;
      const code = TABLE[bytes[at]!]!;
      atStep(k + 1);
      operations.handlers[code]!(bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
      if (feedback !== null) markState(feedback, world.caseFile.model, code, world.config.packed);
    }
    atStep(records + 1);
    this.teardown();
  }

  private teardown(): void {
    const { session, judge, caseFile } = this.world;
    this.operations.detachEverything();
    judge.quiesced();
    session.destroy();
    caseFile.beginCall(CALL_NONE);
  }
}
