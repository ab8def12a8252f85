// Mutants of the code under test, killed by committed inputs and what the oracles say of them (docs/mutation.md). Run by
// `npm run mutation`, which says where the compiled runner lies.

const build = process.env.VRINGFUZZ_BUILD ?? 'dist';
const output = 'build/mutation-report';

export default {
  mutate: ['src/driver/**/*.ts', 'src/dma/**/*.ts'],
  plugins: [`./${build}/tests/mutation/corpus-runner.js`],
  testRunner: 'corpus',
  coverageAnalysis: 'perTest',
  // Constants of a module count as well: the runner loads the modules anew for each mutant.
  ignoreStatic: false,
  concurrency: 1,
  buildCommand: 'tsc -p tests/mutation/tsconfig.json',
  ignorePatterns: ['/build', '/bugs', '/ci-report', '/corpus/*/generated', '/coverage', '/crashes', '/dist', '/docs'],
  tempDirName: 'build/mutation-sandbox',
  reporters: ['json', 'html'],
  jsonReporter: { fileName: `${output}/mutation.json` },
  htmlReporter: { fileName: `${output}/index.html` },
  // The runner ends a mutant by counted steps; this is for what it cannot count.
  timeoutMS: 60_000,
  timeoutFactor: 4,
  warnings: { slow: false },
  logLevel: 'info',
  allowConsoleColors: false,
};
