// The part of docs/benchmark.md that does not depend on the data: what the words mean, and how each engine was run.

export const METHOD = `## What is measured

Each trial is a process of its own on one core, with one engine, one bug and one seed (1, 2, ... for the first, second, ...
trial). It ends when an oracle fires or the time is over. **Seconds** count from the first execution, so loading the corpus is part
of them and the start of the process is not: *start* gives that, from the start of the process to the first execution.
**Executions** count calls of \`execute\` by the engine, the inputs of the corpus included.

**Exposed**: some oracle fired in the build with the bug. The input is run on the driver as it is as well: were it to fail there,
the trial would not count. **Reached**: a statement was about to be executed that holds a line which the patch adds or changes, or
that follows what it deletes; a probe before it tells. A statement that runs in every scenario is reached by the first input: reached
says that the bug could have shown itself, not that its condition held. In the tables, \`(s)\` marks bugs that a committed seed
other than the showing one exposes. **Reliably**: in at least 19 of 20 trials, which of fewer than 20 is all of them.

**Medians** are those of Kaplan and Meier, with the interval of Brookmeyer and Crowley at 95 % (log-log): a trial that ran out of
time is censored, not left out. No median means that fewer than half of the trials exposed the bug. An open end of an interval is
\`?\`; with few trials most are.

## The engines

All get the same build, the same \`execute\`, the same corpus and one core, and one meter around \`execute\` that counts, times and
ends the process.

- **vringfuzz**: the engine process of \`vringfuzz fuzz --bug\`: Jazzer.js with lean counters, without detectors and compare hooks,
  with state feedback, with the bookkeeping of a campaign. Without seeds it begins, as \`fuzz --no-seeds\` does, with 8,192 random
  inputs of up to full length in the engine's process, which are metered like all; the others begin with nothing.
- **jazzer-stock**: the command line of the same version of Jazzer.js with its default options and \`--sync\`, on a plain target:
  detectors on, everything but node_modules instrumented, no state feedback. It is told the corpus and \`-max_len=260\`. The
  launcher of vringfuzz makes the addon loadable on older systems and does nothing else here.
- **jsfuzz**: its command line as it is, two processes (its own design: one generates, one executes). It takes inputs of up to
  4,096 bytes, which cannot be changed. Its random numbers are \`Math.random()\`; node's \`--random-seed\` seeds them.
- **fast-check**: \`fc.assert(fc.property(fc.uint8Array({ maxLength: 260 }), ...))\` with the seed, the corpus as examples, and no end.
- **random**: pseudo-random bytes of pseudo-random length up to 260, after the inputs of the corpus.

A run of vringfuzz, stock Jazzer.js, fast-check or random with the same seed makes the same executions in the same order; what
differs between machines is the time they take. jsfuzz compares clocks and is the same only as long as no execution is slow.

\`\`\`
vringfuzz bench --trials 20 --time-limit 60s --out bench-data
vringfuzz bench --trials 20 --time-limit 600s --no-seeds --out bench-data
vringfuzz bench --write-docs bench-data
\`\`\`
`;
