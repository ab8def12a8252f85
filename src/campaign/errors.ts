// Failures of a command that are not findings: each has one line for its reader and an exit code.

/** The command line asks for something that does not exist or cannot be. Exit code 2. */
export class UsageError extends Error {
  readonly exitCode = 2;

  constructor(message: string) {
    super(oneLine(message));
    this.name = 'UsageError';
  }
}

/** The machine does not let the command do its work: a folder, a library, the engine. Exit code 1. */
export class EnvironmentError extends Error {
  readonly exitCode = 1;

  constructor(message: string) {
    super(oneLine(message));
    this.name = 'EnvironmentError';
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
