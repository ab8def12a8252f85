// Run as a process of its own, by other-nodes.test.ts under each Node: prints what every committed input and the seed of
// every planted bug come to, one line each.

import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { buildBug, loadBugs } from '../../../src/campaign/bugs/bug-bank.js';
import { seedFile } from '../../../src/campaign/bugs/bug-definition.js';
import { corpusFolders, corpusTargets, readCorpus } from '../../../src/campaign/corpus/corpus-inputs.js';
import { COMMITTED_KINDS } from '../../../src/campaign/corpus/manifest.js';
import { type Harness, findTarget, loadHarness } from '../../../src/campaign/harness.js';
import { compiledRoot, projectRoot } from '../../../src/campaign/paths.js';

/** Verdict, bucket, site with its line, and the hash of all that happened. */
function outcome(harness: Harness, target: string, bytes: Uint8Array): string {
  const { verdict, trace } = harness.executeTraced(findTarget(harness.targets, target), bytes);
  if (verdict.kind !== 'finding') return `${verdict.kind} ${trace.hash}`;
  const { bucket, site } = verdict.finding;
  return `${bucket} ${site.file}:${String(site.line)} ${trace.hash}`;
}

// As the command line does: a stack then names lines of the sources.
process.setSourceMapsEnabled(true);
const plain = loadHarness(compiledRoot());
for (const { name } of corpusTargets([])) {
  for (const { file, bytes } of readCorpus(corpusFolders(undefined), name, COMMITTED_KINDS).inputs) {
    process.stdout.write(`${relative(projectRoot(), file)} ${outcome(plain, name, bytes)}\n`);
  }
}
for (const bug of loadBugs()) {
  const seed = seedFile(bug);
  const bytes = Uint8Array.from(readFileSync(seed));
  const name = join(basename(dirname(seed)), basename(seed));
  process.stdout.write(`${bug.id} ${name} ${outcome(loadHarness(buildBug(bug)), bug.target, bytes)}\n`);
}
