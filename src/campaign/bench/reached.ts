// What a probe sets (probes.ts): whether a line that a bug's patch changed was ever executed in this process. A field of
// its own module, so that a probe is one store and adds no branch that an engine could take for news.

export const reached = { hit: 0 };
