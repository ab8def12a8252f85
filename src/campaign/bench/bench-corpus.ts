// What the trials of a bug start from: copies of the committed inputs of its target, so that the showing seed can be left
// out and no engine can write into the corpus.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readCorpus, type CorpusInput } from '../corpus/corpus-inputs.js';
import { COMMITTED_KINDS } from '../corpus/manifest.js';
import { UsageError } from '../errors.js';
import { committedCorpus } from '../paths.js';
import { type BenchBuild, withHarness } from './bench-build.js';
import type { CorpusKind } from './bench-data.js';

export class BenchCorpora {
  private readonly read = new Map<string, readonly CorpusInput[]>();
  private readonly shown = new Map<string, readonly CorpusInput[]>();
  private readonly written = new Map<string, string>();

  /** @param folder an empty folder for the copies. */
  constructor(private readonly folder: string) {}

  /** The committed inputs of the bug's target, without those that are byte for byte its showing seed. */
  committed({ bug, showing }: BenchBuild): readonly CorpusInput[] {
    const all = this.read.get(bug.target) ?? readCommitted(bug.target);
    this.read.set(bug.target, all);
    return all.filter(({ bytes }) => Buffer.compare(bytes, showing) !== 0);
  }

  /** Those of them that show the bug. */
  showing(build: BenchBuild): readonly CorpusInput[] {
    const known = this.shown.get(build.bug.id);
    if (known !== undefined) return known;
    const inputs = withHarness(build, ({ harness, target }) =>
      this.committed(build).filter(({ bytes }) => harness.execute(target, bytes).kind !== 'ok'),
    );
    this.shown.set(build.bug.id, inputs);
    return inputs;
  }

  /** Folders of inputs for a trial. */
  folders(build: BenchBuild, kind: CorpusKind): readonly string[] {
    if (kind === 'none') return [];
    const key = `${kind}-${build.bug.id}`;
    const folder = this.written.get(key) ?? this.write(key, this.inputs(build, kind));
    this.written.set(key, folder);
    return [folder];
  }

  private inputs(build: BenchBuild, kind: CorpusKind): readonly CorpusInput[] {
    if (kind === 'committed') return this.committed(build);
    const showing = new Set(this.showing(build));
    return this.committed(build).filter((input) => !showing.has(input));
  }

  private write(name: string, inputs: readonly CorpusInput[]): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    for (const { sha1, bytes } of inputs) writeFileSync(join(folder, sha1), bytes);
    return folder;
  }
}

function readCommitted(target: string): readonly CorpusInput[] {
  const folder = committedCorpus();
  const { inputs, problems } = readCorpus({ committed: folder, generated: folder }, target, COMMITTED_KINDS);
  if (problems[0] !== undefined) throw new UsageError(problems[0]);
  return inputs;
}
