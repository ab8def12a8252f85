// What `fail-each` and `races` share: options, output and exit code of a systematic search.

import { dirname, relative, resolve } from 'node:path';

import { type Command, Option } from 'commander';

import type { Builds } from '../campaign/bugs/builds.js';
import { inputsFor } from '../campaign/drivers/driver-inputs.js';
import { UsageError } from '../campaign/errors.js';
import { loadKnownIssues } from '../campaign/known-issues.js';
import { crashesFolder } from '../campaign/paths.js';
import { replayExitCode } from '../campaign/replay/replay.js';
import type { GatheredInputs } from '../campaign/replay/replay-inputs.js';
import { placementOf, textOf } from '../campaign/systematic/choice.js';
import { type FindChoice, onlyChoices } from '../campaign/systematic/parse-choices.js';
import { type SearchOptions, searchInput } from '../campaign/systematic/search-inputs.js';
import { Trials } from '../campaign/systematic/trials.js';
import { coloursFor } from '../report/colours.js';
import { verdictText } from '../report/finding-text.js';
import { type ShownSearch, folderSearchText, searchText, totalText } from '../report/search-text.js';
import { commandLine } from '../report/shell-word.js';
import { StatusLine } from '../report/status-line.js';
import { stepsText } from '../report/steps-text.js';
import { grouped } from '../report/text-table.js';
import { type BuildOptions, addBuildOptions, buildsOf, findingsOf, note, positiveInteger } from './options.js';
import { type JudgedBucket, type JudgedSearch, SearchFindings, issueText } from './search-findings.js';

export interface SearchCommandOptions extends BuildOptions {
  readonly only?: string;
  readonly trace?: boolean;
  readonly silence: readonly string[];
  readonly limit?: number;
  readonly crashes?: string;
  readonly knownIssues?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** The command's own part of a search. */
export interface SearchCommand {
  readonly name: 'fail-each' | 'races';
  readonly find: FindChoice;
  readonly search: Omit<SearchOptions, 'progress' | 'silenced'>;
}

const EXIT_ENVIRONMENT = 1;
const EXIT_USAGE = 2;
/** Version of the JSON document. */
const SCHEMA = 1;

export function addSearchOptions(command: Command, only: string): Command {
  return addBuildOptions(command)
    .option('--limit <n>', 'at most so many runs of an input; what is tried is spread evenly', positiveInteger)
    .option('--only <list>', only)
    .option('--trace', 'with --only: every step, with all that happened in it')
    .addOption(
      new Option('--silence <oracle>', 'leave this oracle out, to see what others see; may be repeated')
        .argParser((id: string, ids: readonly string[]) => [...ids, id])
        .default([], 'none'),
    )
    .option('--crashes <dir>', 'folder of findings (default: crashes); with --silence nothing is stored')
    .option('--known-issues <file>', 'findings that are accepted for a while (default: known-issues.json)')
    .option('--verbose', 'a line for each input')
    .option('--json', 'one JSON object on standard output: {"schema": 1, "command": ..., "files": [...], ...}');
}

export function runSearch(found: GatheredInputs, command: SearchCommand, options: SearchCommandOptions): void {
  const builds = buildsOf(options);
  const gathered = inputsFor(builds.driver, found, note);
  if (options.only !== undefined) {
    runOnly(gathered, builds, command, options);
    return;
  }
  if (options.trace === true) throw new UsageError('--trace is for --only, which names the places');
  const findings = new SearchFindings({
    builds,
    knownIssues: loadKnownIssues(options.knownIssues),
    // Without its oracle the command to repeat it would say nothing.
    crashes: options.silence.length > 0 ? null : findingsOf(resolve(options.crashes ?? crashesFolder()), builds.driver),
  });
  gathered.problems.forEach(note);
  const output = new SearchOutput(command, options);
  const searched: JudgedSearch[] = [];
  for (const input of gathered.inputs) {
    const progress = output.progressOf(input.file, searched.length, gathered.inputs.length);
    const result = findings.judge(
      searchInput(input, builds, { ...command.search, silenced: options.silence, progress }),
    );
    searched.push(result);
    output.show(result, gathered.inputs[searched.length]?.file ?? null);
  }
  if (options.json === true) process.stdout.write(jsonText(searched, gathered.problems, command));
  else if (searched.length > 1) process.stdout.write(totalText(searched.map((each) => output.shown(each))));
  const open = searched.flatMap(({ buckets }) => buckets.filter(({ known }) => !known));
  const incomplete = findings.incomplete ? EXIT_ENVIRONMENT : gathered.problems.length === 0 ? 0 : EXIT_USAGE;
  process.exitCode = replayExitCode(open.map(({ kind }) => ({ verdict: kind }))) || incomplete;
}

/** One input, with what `--only` says done to it. */
function runOnly(
  gathered: GatheredInputs,
  builds: Builds,
  command: SearchCommand,
  options: SearchCommandOptions,
): void {
  const [input, second] = gathered.inputs;
  if (input === undefined || second !== undefined) throw new UsageError('--only takes one input');
  const trials = new Trials(builds, input.bug, { silenced: options.silence });
  const trialInput = trials.inputOf(input);
  const choices = onlyChoices(trials, trialInput, options.only ?? '', command.find);
  const outcome = trials.traced(trialInput, placementOf(choices));
  const verdict = outcome === 'hang' ? 'hang' : outcome.verdict.kind;
  process.exitCode = replayExitCode([{ verdict }]);
  const head = { file: input.file, target: input.target, bug: trials.bug };
  if (options.json === true) {
    const { trace = null } = outcome === 'hang' ? {} : outcome;
    const finding = outcome !== 'hang' && outcome.verdict.kind === 'finding' ? outcome.verdict.finding : null;
    const shown = options.trace === true ? { trace } : {};
    const document = { schema: SCHEMA, command: command.name, ...head, only: textOf(choices), verdict, finding };
    process.stdout.write(`${JSON.stringify({ ...document, ...shown })}\n`);
    return;
  }
  const colours = coloursFor(process.stdout);
  process.stdout.write(`${verdict}  ${input.file}\n${choices.map(({ where }) => `    ${where}\n`).join('')}`);
  if (outcome === 'hang') return;
  if (outcome.verdict.kind === 'harness-bug') process.stderr.write(`${outcome.verdict.stack}\n`);
  if (options.trace === true) process.stdout.write(stepsText({ ...head, ...outcome }, colours));
  else if (outcome.verdict.kind === 'finding') process.stdout.write(verdictText(outcome.verdict.finding, colours));
}

/** Lines as results come; inputs of a folder that pass share one. */
class SearchOutput {
  private readonly colours = coloursFor(process.stdout);
  private readonly status = process.stderr.isTTY ? new StatusLine(process.stderr) : null;
  private passed: ShownSearch[] = [];

  constructor(
    private readonly command: SearchCommand,
    private readonly options: SearchCommandOptions,
  ) {}

  progressOf(file: string, done: number, inputs: number): (runs: number, of: number) => void {
    return (runs, of) => {
      const line = `${file}: ${grouped(runs)} of ${grouped(of)} runs, input ${done + 1} of ${inputs}`;
      this.status?.update(() => ({ lines: [line], line }));
    };
  }

  /** `next` is the file that comes after it, or null. */
  show(searched: JudgedSearch, next: string | null): void {
    this.status?.clear();
    if (this.options.json === true) return;
    const shown = this.shown(searched);
    const folder = dirname(shown.file);
    if (shown.found.length > 0 || this.options.verbose === true) process.stdout.write(searchText(shown, this.colours));
    else this.passed.push(shown);
    if ((next !== null && dirname(next) === folder) || this.passed.length === 0) return;
    const [only, second] = this.passed;
    const alone = only !== undefined && second === undefined;
    process.stdout.write(alone ? searchText(only, this.colours) : folderSearchText(folder, this.passed, this.colours));
    this.passed = [];
  }

  shown({ input, bug, exploration, buckets }: JudgedSearch): ShownSearch {
    const { runs, places, groups, singles, pairs } = exploration;
    return {
      file: input.file,
      ...{ runs, places, groups, singles, pairs },
      found: buckets.map((bucket) => ({
        ...{ kind: bucket.kind, bucket: bucket.bucket, count: bucket.count },
        claim: bucket.finding?.claim ?? bucket.message,
        where: bucket.first.map(({ where }) => where),
        ...{ issue: issueText(bucket), accepted: bucket.known },
        commands: [this.searchCommand(input.file, bug, bucket), ...storedCommand(bucket, this.options.bugs)],
      })),
    };
  }

  private searchCommand(file: string, bug: string | null, { first }: JudgedBucket): string {
    const { options, command } = this;
    const build = [
      ...(options.target === undefined ? [] : ['--target', options.target]),
      ...(bug === null ? [] : ['--bug', bug]),
      ...options.bugs.flatMap((folder) => ['--bugs', folder]),
      ...(options.driver === undefined ? [] : ['--driver', options.driver]),
      ...options.silence.flatMap((id) => ['--silence', id]),
    ];
    return commandLine(['npx', 'vringfuzz', command.name, file, ...build, '--only', textOf(first), '--trace']);
  }
}

/** The stored input names its build and its placement. */
function storedCommand({ stored }: JudgedBucket, bugs: readonly string[]): readonly string[] {
  if (stored === null) return [];
  const short = relative(process.cwd(), stored.file);
  const folders = bugs.flatMap((folder) => ['--bugs', folder]);
  return [commandLine(['npx', 'vringfuzz', 'replay', short.startsWith('..') ? stored.file : short, ...folders])];
}

function jsonText(searched: readonly JudgedSearch[], problems: readonly string[], { name }: SearchCommand): string {
  const files = searched.map(({ input, bug, exploration, buckets }) => ({
    file: input.file,
    target: input.target,
    bug,
    runs: exploration.runs,
    places: Object.fromEntries(exploration.places),
    groups: Object.fromEntries(exploration.groups),
    singles: exploration.singles,
    pairs: exploration.pairs,
    findings: buckets.map(({ kind, bucket, finding, message, first, count, known, stored }) => ({
      ...{ kind, bucket, finding, count, known },
      ...(message === '' ? {} : { message }),
      only: textOf(first),
      where: first.map(({ where }) => where),
      stored,
    })),
  }));
  return `${JSON.stringify({ schema: SCHEMA, command: name, files, problems })}\n`;
}
