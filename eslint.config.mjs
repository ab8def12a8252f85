// Type-aware linting: typescript-eslint's strictest set, with the exceptions that a hot, allocation-free harness needs.

import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Code below execute(): typed arrays indexed in loops whose bounds are the arrays' own. */
const HOT = ['src/{dma,memory,driver,device,oracle,world,scenario}/**/*.ts'];

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', 'build/', 'coverage/', 'src/linux/shim/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'fuzz/**/*.ts', 'tests/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => process.stdout.write(text)` is no confusion.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: HOT,
    rules: {
      // noUncheckedIndexedAccess makes every table[i] a number | undefined; a check there would be a branch per load.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // What runs below execute() is deterministic: no clock, no randomness, no environment.
    files: ['src/{spec,platform,memory,dma,driver,device,oracle,world,scenario,target,verdict}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map(
          (name) => ({ name, message: 'Code below execute() is pure and synchronous.' }),
        ),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Code below execute() has no randomness.' },
        { object: 'Date', property: 'now', message: 'Code below execute() has no clock.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date']", message: 'Code below execute() has no clock.' },
        { selector: 'AwaitExpression', message: 'Code below execute() is synchronous.' },
      ],
    },
  },
  {
    // The engine process owns its console; so does a test.
    files: ['fuzz/**/*.ts', 'src/campaign/engine/**/*.ts', 'tests/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // test() and describe() of node:test return promises that the runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'it', 'describe', 'suite'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
