// Live status on standard error: one line that is redrawn on a terminal, a line every few seconds anywhere else.

/** What of a stream is used; process.stderr is one. */
export interface StatusStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MILLISECONDS = 150;
const LINE_MILLISECONDS = 5000;
const ERASE_LINE = '\r\u001b[K';

export class StatusLine {
  private readonly live: boolean;
  private shownAt = 0;
  private drawn = false;

  /** @param environment of the process: CI turns redrawing off, since its logs keep every drawing. */
  constructor(
    private readonly stream: StatusStream,
    environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const plain = (environment['CI'] ?? '') !== '' || environment['TERM'] === 'dumb';
    this.live = stream.isTTY === true && !plain;
    this.shownAt = this.live ? 0 : Date.now();
  }

  /** Shows the text now or not at all: newer ones follow. */
  update(text: string): void {
    const now = Date.now();
    if (now - this.shownAt < (this.live ? REDRAW_MILLISECONDS : LINE_MILLISECONDS)) {
      return;
    }
    this.shownAt = now;
    if (this.live) {
      this.stream.write(ERASE_LINE + text.slice(0, (this.stream.columns ?? 80) - 1));
      this.drawn = true;
    } else {
      this.stream.write(`${text}\n`);
    }
  }

  /** Makes room for other output. */
  clear(): void {
    if (this.drawn) {
      this.stream.write(ERASE_LINE);
      this.drawn = false;
    }
  }
}
