// Run as a process of its own by the determinism tests: prints the outcomes of one target's inputs, in reverse order.

import { targetByName } from '../../src/target/targets.js';
import { inputsOf, outcomeOf } from './seeded-inputs.js';

const target = targetByName(process.argv[2] ?? '');
if (target === undefined) throw new Error(`no target ${process.argv[2] ?? ''}`);
const lines = [...inputsOf(target)].reverse().map((bytes) => outcomeOf(target, bytes));
process.stdout.write(JSON.stringify(lines.reverse()));
