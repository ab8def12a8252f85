// A run of `vringfuzz ci` as text: stage by stage on the terminal, and as the first part of its summary file.

import type { CiResult, StageResult } from '../campaign/ci/ci-run.js';
import { formatDuration } from '../campaign/duration.js';
import type { Colours } from './colours.js';
import { block, code, table } from './formats/markdown-text.js';
import { commandLine } from './shell-word.js';

/** All of the table are text. */
const COLUMNS = 4;

/** One line for a stage that ended. */
export function stageText(stage: StageResult, colours: Colours): string {
  const colour = stage.status === 'passed' ? colours.green : colours.red;
  return `${colour(stage.status.padEnd(8))} ${nameOf(stage).padEnd(16)} ${formatDuration(stage.seconds).padStart(6)}  ${stage.detail}\n`;
}

/** The summary file: what was run and what came of it, then the report. */
export function ciSummary(result: CiResult, report: string): string {
  const rows = result.stages.map((stage) => [
    stage.status === 'passed' ? 'passed' : `**${stage.status}**`,
    code(nameOf(stage)),
    formatDuration(stage.seconds),
    stage.detail,
  ]);
  const failed = result.stages.filter(({ status }) => status === 'failed' || status === 'problem');
  const repeat = failed.map(({ command }) => `npx vringfuzz ${commandLine(command)}`).join('\n');
  const paste = repeat === '' ? '' : `To repeat what failed:\n\n${block(repeat)}\n`;
  return `# vringfuzz ci, tier ${result.tier}: ${verdict(result)}\n\n${table(['result', 'stage', 'time', 'what'], rows, COLUMNS)}\n${paste}${report}`;
}

/** The JSON summary, for scripts. */
export function ciDocument(result: CiResult): object {
  const stages = result.stages.map(({ name, command, status, code: exit, seconds, detail, log }) => ({
    name,
    command,
    status,
    exitCode: exit,
    seconds: Math.round(seconds * 10) / 10,
    detail,
    log,
  }));
  return { schema: 1, tier: result.tier, passed: result.exitCode === 0, exitCode: result.exitCode, stages };
}

export function verdict({ exitCode }: CiResult): string {
  return exitCode === 0 ? 'passed' : `failed (exit code ${exitCode})`;
}

/** The reports are told apart by their format. */
function nameOf({ name, command }: StageResult): string {
  return name === 'report' ? `report ${command[command.indexOf('--format') + 1] ?? ''}` : name;
}
