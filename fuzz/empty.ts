// Does nothing: the engine's own speed, against which the benchmark measures every target.

// The engine calls a function with one parameter synchronously, and passes a callback to one with another number.
export function fuzz(_data: Buffer): void {
  // Nothing on purpose.
}
