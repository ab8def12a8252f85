// `vringfuzz merge`: keeps of the generated corpus what reaches something of its own.

import { resolve } from 'node:path';

import { type Command, Option } from 'commander';

import { corpusFolders, corpusTargets } from '../campaign/corpus/corpus-inputs.js';
import { CorpusMerge, type MergeResult } from '../campaign/corpus/merge.js';
import { checkWritable, removeOldTemporaryFolders } from '../campaign/folders.js';
import { canRun, checkTargets } from '../campaign/drivers/driver-targets.js';
import { compiledRoot, crashesFolder } from '../campaign/paths.js';
import { replayExitCode } from '../campaign/replay/replay.js';
import { mergeTable } from '../report/corpus-text.js';
import { ALL_TARGETS } from '../target/targets.js';
import { driverFor, driverOption, findingsOf, note } from './options.js';

interface MergeCommandOptions {
  readonly corpus?: string;
  readonly from: readonly string[];
  readonly crashes?: string;
  readonly driver?: string;
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
  vringfuzz merge linux_split_fuzzer

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
    .addOption(driverOption())
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(merge);
}

async function merge(names: readonly string[], options: MergeCommandOptions): Promise<void> {
  const chosen = corpusTargets(names, ALL_TARGETS);
  const driver = driverFor(chosen, options);
  if (driver !== null) checkTargets(driver, chosen, null);
  const targets = chosen.filter((target) => driver === null || canRun(driver, target));
  const folders = corpusFolders(options.corpus);
  const crashes = findingsOf(resolve(options.crashes ?? crashesFolder()), driver);
  checkWritable(crashes);
  removeOldTemporaryFolders();
  const job = new CorpusMerge({
    targets,
    folders: { ...folders, generated: findingsOf(folders.generated, driver) },
    from: options.from,
    root: compiledRoot(),
    crashes,
    driver,
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
