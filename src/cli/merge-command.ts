// `vringfuzz merge`: keeps of the generated corpus what reaches something of its own.

import { resolve } from 'node:path';

import { type Command, Option } from 'commander';

import { corpusFolders, corpusTargets } from '../campaign/corpus/corpus-inputs.js';
import { CorpusMerge, type MergeResult } from '../campaign/corpus/merge.js';
import { checkWritable, removeOldTemporaryFolders } from '../campaign/folders.js';
import { compiledRoot, crashesFolder } from '../campaign/paths.js';
import { replayExitCode } from '../campaign/replay/replay.js';
import { mergeTable } from '../report/corpus-text.js';
import { note } from './options.js';

interface MergeCommandOptions {
  readonly corpus?: string;
  readonly from: readonly string[];
  readonly crashes?: string;
  readonly json?: boolean;
}

const EXIT_USAGE = 2;
/** Version of the JSON document. */
const SCHEMA = 1;

const HELP = `
Seeds and regressions stay as they are. Of the generated inputs those stay that reach a code edge or a state that
neither seeds, nor regressions, nor smaller inputs reach. An input that fails is stored as a finding instead. Nothing is
lost when it is stopped half-way.

Examples:
  vringfuzz merge
  vringfuzz merge bounce_fuzzer --from downloaded-corpus
  vringfuzz merge --corpus /data/corpus --json

Exit code: 0 merged, 77 an input fails, 70 one does not end, 3 the harness failed, 2 wrong use or a file that cannot be used.`;

export function addMergeCommand(program: Command): void {
  program
    .command('merge')
    .description('distil the generated corpus by what it covers')
    .argument('[targets...]', 'targets to merge (default: all but the canary)')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .addOption(
      new Option('--from <dir>', 'another folder whose inputs are offered as well; may be repeated')
        .argParser((folder: string, folders: readonly string[]) => [...folders, folder])
        .default([], 'none'),
    )
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(merge);
}

async function merge(names: readonly string[], options: MergeCommandOptions): Promise<void> {
  const targets = corpusTargets(names);
  const crashes = resolve(options.crashes ?? crashesFolder());
  checkWritable(crashes);
  removeOldTemporaryFolders();
  const job = new CorpusMerge({
    targets,
    folders: corpusFolders(options.corpus),
    from: options.from,
    root: compiledRoot(),
    crashes,
  });
  const stop = (): void => job.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, stop));
  const results: MergeResult[] = [];
  try {
    for (const target of targets) {
      const result = await job.merge(target);
      result.problems.forEach(note);
      results.push(result);
    }
  } finally {
    signals.forEach((signal) => process.off(signal, stop));
    process.stdout.write(
      options.json === true ? `${JSON.stringify({ schema: SCHEMA, targets: results })}\n` : mergeTable(results),
    );
  }
  const failed = replayExitCode(results.flatMap(({ failing }) => failing));
  process.exitCode = failed || (results.some(({ problems }) => problems.length > 0) ? EXIT_USAGE : 0);
}
