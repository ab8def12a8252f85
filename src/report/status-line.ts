// Live status on standard error: a block of lines that is redrawn on a terminal, a line every few seconds anywhere else.

/** What of a stream is used; process.stderr is one. */
export interface StatusStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The same status at both lengths. */
export interface StatusForms {
  readonly lines: readonly string[];
  readonly line: string;
}

const REDRAW_MILLISECONDS = 150;
const LINE_MILLISECONDS = 5000;
const ERASE_LINE = '\r\u001b[K';
const UP = '\u001b[1A';

export class StatusLine {
  private readonly live: boolean;
  private shownAt = 0;
  /** Lines on the terminal; the cursor stands in the last one. */
  private drawn = 0;

  /** @param environment of the process: CI turns redrawing off, since its logs keep every drawing. */
  constructor(
    private readonly stream: StatusStream,
    environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const plain = (environment['CI'] ?? '') !== '' || environment['TERM'] === 'dumb';
    this.live = stream.isTTY === true && !plain;
    this.shownAt = this.live ? 0 : Date.now();
  }

  /** Shows the status now or not at all: newer ones follow. The forms are only made when one is shown. */
  update(forms: () => StatusForms): void {
    const now = Date.now();
    if (now - this.shownAt < (this.live ? REDRAW_MILLISECONDS : LINE_MILLISECONDS)) {
      return;
    }
    this.shownAt = now;
    if (this.live) this.draw(forms().lines);
    else this.stream.write(`${forms().line}\n`);
  }

  /** Makes room for other output. */
  clear(): void {
    this.draw([]);
  }

  private draw(lines: readonly string[]): void {
    if (lines.length === 0 && this.drawn === 0) return;
    const erase = ERASE_LINE + (UP + ERASE_LINE).repeat(Math.max(0, this.drawn - 1));
    // A line that is wrapped could not be erased.
    const width = (this.stream.columns ?? 80) - 1;
    this.stream.write(erase + lines.map((line) => line.slice(0, width)).join('\n'));
    this.drawn = lines.length;
  }
}
