// Does nothing: the engine's own speed, against which the benchmark measures every target.

export function fuzz(data: Buffer): void {
  void data;
}
