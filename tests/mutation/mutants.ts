// The report that Stryker leaves, as values: each mutant with its place in words, since line numbers move, and with what
// killed it.

import { readFileSync } from 'node:fs';

import ts from 'typescript';

import { type KillerKind, kindOf } from './killers.js';

/** Where a mutant is and what it changes; the same in every version of the file in which that line is the same. */
export interface MutantPlace {
  readonly file: string;
  /** The function around it, such as `SplitQueue.getBuf`; empty at the top of the file. */
  readonly where: string;
  /** The line that it begins in, without spaces around it. */
  readonly line: string;
  readonly mutator: string;
  /** What is replaced; of longer text the beginning. */
  readonly original: string;
  readonly replacement: string;
}

export interface Mutant extends MutantPlace {
  readonly lineNumber: number;
  /** `hang`: killed since a test did not end. */
  readonly outcome: 'killed' | 'hang' | 'survived' | 'not-reached';
  /** What killed it first, in the order of the kinds. */
  readonly by: KillerKind | null;
  /** Which test killed it, and what it said. */
  readonly detail: string;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly killedBy?: readonly string[];
  readonly location: { readonly start: Position; readonly end: Position };
}

interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly ReportedMutant[] }>>;
  readonly testFiles?: Readonly<
    Record<string, { readonly tests: readonly { readonly id: string; readonly name: string }[] }>
  >;
}

const SHOWN = 80;

/** Every mutant of a report, in the order of the files and of the places in them. */
export function readMutants(file: string): readonly Mutant[] {
  const report = JSON.parse(readFileSync(file, 'utf8')) as MutationReport;
  const names = new Map<string, string>();
  for (const { tests } of Object.values(report.testFiles ?? {})) for (const { id, name } of tests) names.set(id, name);
  return Object.entries(report.files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, { source, mutants }]) => {
      const tree = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
      return mutants.map((mutant) => mutantOf(tree, mutant, names)).sort((a, b) => a.lineNumber - b.lineNumber);
    });
}

function mutantOf(tree: ts.SourceFile, mutant: ReportedMutant, names: ReadonlyMap<string, string>): Mutant {
  const { start, end } = mutant.location;
  const from = tree.getPositionOfLineAndCharacter(start.line - 1, start.column - 1);
  const to = tree.getPositionOfLineAndCharacter(end.line - 1, end.column - 1);
  const line = tree.text.split('\n')[start.line - 1] ?? '';
  return {
    file: tree.fileName,
    where: functionAround(tree, from),
    line: line.trim(),
    mutator: mutant.mutatorName,
    original: shortened(tree.text.slice(from, to)),
    replacement: shortened(mutant.replacement),
    lineNumber: start.line,
    ...fateOf(mutant, names),
  };
}

function fateOf(mutant: ReportedMutant, names: ReadonlyMap<string, string>): Pick<Mutant, 'outcome' | 'by' | 'detail'> {
  const reason = mutant.statusReason ?? '';
  switch (mutant.status) {
    case 'Killed': {
      const id = mutant.killedBy?.[0] ?? '';
      const killer = names.get(id) ?? id;
      return { outcome: 'killed', by: kindOf(killer), detail: `${killer}: ${reason}` };
    }
    case 'Timeout': {
      // Without a reason it was Stryker's own time limit, which ends what never comes back to the runner.
      if (reason === '') return { outcome: 'hang', by: 'load', detail: "ended by Stryker's time limit" };
      const killer = reason.replace(/^no end of /, '');
      return { outcome: 'hang', by: kindOf(killer), detail: reason };
    }
    case 'Survived':
      return { outcome: 'survived', by: null, detail: '' };
    case 'NoCoverage':
      return { outcome: 'not-reached', by: null, detail: '' };
    default:
      throw new Error(`a mutant of ${mutant.mutatorName} ended as ${mutant.status}: ${reason}`);
  }
}

/** The name of the innermost named function, method or property around a position, with its class. */
function functionAround(tree: ts.SourceFile, position: number): string {
  let name = '';
  const visit = (node: ts.Node): void => {
    if (position < node.getStart(tree) || position >= node.end) return;
    const own = nameOf(node, tree);
    if (own !== '') name = ts.isClassElement(node) ? `${className(node, tree)}.${own}` : own;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return name;
}

function nameOf(node: ts.Node, tree: ts.SourceFile): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const named =
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isSetAccessorDeclaration(node);
  return named ? (node.name?.getText(tree) ?? '') : '';
}

function className(node: ts.Node, tree: ts.SourceFile): string {
  return ts.isClassDeclaration(node.parent) ? (node.parent.name?.getText(tree) ?? '') : '';
}

function shortened(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > SHOWN ? `${flat.slice(0, SHOWN - 3)}...` : flat;
}
