// `vringfuzz corpus stats`: what the corpus is made of, and what is wrong with it.

import { Argument, type Command } from 'commander';

import { corpusFolders, corpusTargets } from '../campaign/corpus/corpus-inputs.js';
import { corpusStats } from '../campaign/corpus/corpus-stats.js';
import { replayExitCode } from '../campaign/replay/replay.js';
import { coloursFor } from '../report/colours.js';
import { corpusText } from '../report/corpus-text.js';

interface StatsOptions {
  readonly corpus?: string;
  readonly json?: boolean;
}

const EXIT_USAGE = 2;
/** Version of the JSON document. */
const SCHEMA = 1;

const HELP = `
Every input is run once. The committed files are compared with the manifest.

Examples:
  vringfuzz corpus stats
  vringfuzz corpus stats split_ring_fuzzer --json

Exit code: 0 all ok, 77 an input fails, 70 one does not end, 3 the harness failed, 2 wrong use or a file that cannot be used.`;

export function addCorpusCommand(program: Command): void {
  program
    .command('corpus')
    .description('look at the corpus: sizes, operations, configurations, verdicts, duplicates')
    .addArgument(new Argument('<action>', 'what to do').choices(['stats']))
    .argument('[targets...]', 'targets to look at (default: all but the canary)')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action((_action: 'stats', names: readonly string[], options: StatsOptions) => {
      stats(names, options);
    });
}

function stats(names: readonly string[], options: StatsOptions): void {
  const folders = corpusFolders(options.corpus);
  const all = corpusTargets(names).map((target) => corpusStats(folders, target));
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ schema: SCHEMA, targets: all })}\n`
      : corpusText(all, coloursFor(process.stdout)),
  );
  const failed = replayExitCode(all.flatMap(({ failing }) => failing));
  process.exitCode = failed || (all.some(({ problems }) => problems.length > 0) ? EXIT_USAGE : 0);
}
