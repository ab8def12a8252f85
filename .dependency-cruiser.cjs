// Who may import whom: CONTRIBUTING.md ("who may import whom") as rules. Type-only imports count: a layer that knows another's types knows
// that layer.

/** The layers that execute() is made of. */
const PURE = '^src/(spec|platform|memory|dma|driver|device|oracle|scenario|world|target|verdict)/';

const ENGINE = '(^|/)@jazzer\\.js/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two modules are one.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-barrel-files',
      severity: 'error',
      comment: 'Import from the file that defines it.',
      from: {},
      to: { path: '(^|/)index\\.ts$', pathNot: 'node_modules' },
    },
    {
      name: 'no-barrel-files-from',
      severity: 'error',
      comment: 'The same for one that nothing imports yet.',
      from: { path: '^(src|fuzz|tests)/(index|.*/index)\\.ts$' },
      to: {},
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'sarif is types only (@types/sarif): there is no module of that name.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^sarif$' },
    },
    {
      name: 'spec-imports-nothing',
      severity: 'error',
      comment: 'Layouts and constants depend on the specification only.',
      from: { path: '^src/spec/' },
      to: { pathNot: '^src/spec/' },
    },
    {
      name: 'platform-is-interfaces',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { pathNot: '^src/(platform|spec)/' },
    },
    {
      name: 'linux-is-a-driver',
      severity: 'error',
      comment: 'The module around the compiled kernel runs below execute(), and knows what any driver module knows.',
      from: { path: '^src/linux/' },
      to: { pathNot: '^src/(linux|platform|spec|memory/layout)' },
    },
    {
      name: 'driver-knows-the-platform-only',
      severity: 'error',
      comment: 'The system under test reads like a driver: it cannot know that it is being fuzzed.',
      from: { path: '^src/driver/' },
      to: { pathNot: '^src/(driver|spec|platform)/' },
    },
    {
      name: 'device-has-the-device-view',
      severity: 'error',
      comment: 'The device reaches memory by DMA addresses only; private memory and the driver are out of its sight.',
      from: { path: '^src/device/' },
      to: {
        path: '^src/(memory|driver|oracle|world)/',
        pathNot: '^src/memory/(layout|memory-observer|device-[a-z-]+)\\.ts$',
      },
    },
    {
      name: 'dma-does-not-judge',
      severity: 'error',
      comment: 'The DMA layer reports to an observer interface.',
      from: { path: '^src/dma/' },
      to: { path: '^src/(oracle|driver|device|scenario|world)/' },
    },
    {
      name: 'memory-does-not-judge',
      severity: 'error',
      from: { path: '^src/memory/' },
      to: { path: '^src/(oracle|driver|device|scenario|world)/' },
    },
    {
      name: 'oracle-sees-behaviour-only',
      severity: 'error',
      comment: 'An oracle that knows what the device or the scenario meant to do judges intentions.',
      from: { path: '^src/oracle/' },
      to: { path: '^src/(device|scenario|world|driver)/' },
    },
    {
      name: 'execute-is-pure',
      severity: 'error',
      comment: 'Nothing reachable from execute() knows Node, the engine, campaigns, reports or the command line.',
      from: { path: '^src/world/execute\\.ts$' },
      to: { reachable: true, pathNot: PURE },
    },
    {
      name: 'below-execute-is-pure',
      severity: 'error',
      comment: 'The same for what execute() does not reach yet, and naming the file that breaks it.',
      from: { path: PURE },
      to: { pathNot: PURE },
    },
    {
      name: 'report-reads-values',
      severity: 'error',
      comment: 'A report is made of a finding, a trace or a summary; it never runs anything.',
      from: { path: '^src/report/' },
      to: { path: '^src/(world|driver|device|dma|memory|scenario)/' },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      comment: 'Commands parse arguments and print; logic lives below.',
      from: { pathNot: '^(src/cli|tests/cli)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'engine-stays-in-its-place',
      severity: 'error',
      comment: 'Replay and tests work without the engine.',
      from: { pathNot: '^(fuzz|src/campaign/engine)/' },
      to: { path: ENGINE },
    },
    {
      name: 'other-engines-stay-in-the-benchmark',
      severity: 'error',
      comment: 'Development dependencies that only the benchmark compares with: an installed vringfuzz lacks them.',
      from: { pathNot: '^fuzz/engines/' },
      to: { path: '(^|/)(fast-check|jsfuzz)/' },
    },
    {
      name: 'src-does-not-import-fuzz',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(fuzz|tests)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|build)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'types'],
    },
  },
};
