// Puts probes into a bug's patched sources: `reached.hit = 1` before the innermost statement that holds a line which the
// patch changed. Probes stand on the lines that are there already, so that stacks keep their line numbers; buckets have
// none. What cannot be executed (types, imports, comments) gets none.

import { dirname, relative } from 'node:path/posix';

import type ts from 'typescript';

import { loadCompiler } from '../bugs/typescript-compiler.js';
import type { ChangedBlock } from './changed-lines.js';

/** Where the probes' variable is, relative to the project. */
const REACHED_MODULE = 'src/campaign/bench/reached.js';
const PROBE = 'reachedByBench.hit = 1;';
const PROBE_EXPRESSION = 'reachedByBench.hit = 1,';

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** What is inserted for one probe: braces have two ends. */
type Probe = readonly Insertion[];

export interface ProbedSource {
  readonly text: string;
  /** Distinct probes. */
  readonly probes: number;
}

/** @param path of the source, relative to the project, with slashes. */
export function withProbes(path: string, text: string, changed: readonly ChangedBlock[]): ProbedSource {
  const compiler = loadCompiler();
  const file = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true);
  const placer = new ProbePlacer(compiler, file);
  const placed = new Map<string, Probe>();
  for (const { added, deletes, next } of changed) {
    const insertions = added.flatMap((line) => placer.place(line, 'added') ?? []);
    // A statement that became a comment is gone as well.
    if (insertions.length === 0 && deletes) insertions.push(...(placer.place(next, 'after-deletion') ?? []));
    for (const each of insertions) placed.set(JSON.stringify(each), each);
  }
  if (placed.size === 0) return { text, probes: 0 };
  const target = relative(dirname(path), REACHED_MODULE);
  const specifier = target.startsWith('.') ? target : `./${target}`;
  const all = [
    { at: 0, text: `import { reached as reachedByBench } from '${specifier}'; ` },
    ...[...placed.values()].flat(),
  ];
  return { text: inserted(text, all), probes: placed.size };
}

/** Insertions at one place keep their order. */
function inserted(text: string, insertions: readonly Insertion[]): string {
  let result = '';
  let from = 0;
  for (const { at, text: added } of [...insertions].sort((a, b) => a.at - b.at)) {
    result += text.slice(from, at) + added;
    from = at;
  }
  return result + text.slice(from);
}

class ProbePlacer {
  constructor(
    private readonly compiler: typeof ts,
    private readonly file: ts.SourceFile,
  ) {}

  /** Null where nothing on the line can be executed. */
  place(line: number, kind: 'added' | 'after-deletion'): readonly [Probe] | null {
    const probe = this.probeAt(line, kind);
    return probe === null ? null : [probe];
  }

  private probeAt(line: number, kind: 'added' | 'after-deletion'): Probe | null {
    const at = this.firstCode(line);
    if (at === null) return null;
    const node = this.deepest(at);
    const { compiler } = this;
    if (this.file.text[at] === '}' && compiler.isBlock(node)) {
      // A brace says nothing of its own, but what stood before it is gone.
      return kind === 'added' ? null : this.atEndOf(node);
    }
    return this.around(node);
  }

  /** Position of the first token that starts on the line; null for an empty line, a comment, or closing brackets. */
  private firstCode(line: number): number | null {
    const starts = this.file.getLineStarts();
    const start = starts[line];
    if (start === undefined) return null;
    const text = this.file.text.slice(start, starts[line + 1] ?? this.file.text.length);
    if (/^\s*$/.test(text) || /^\s*[)\]{][)\]{;,\s]*$/.test(text)) return null;
    const at = start + (text.length - text.trimStart().length);
    const { compiler } = this;
    if (/^(\/\/|\/\*|\*)/.test(text.trimStart())) return null;
    // Inside a comment or a template of several lines.
    const scanner = compiler.createScanner(compiler.ScriptTarget.Latest, true);
    scanner.setText(this.file.text, at);
    return scanner.scan() === compiler.SyntaxKind.EndOfFileToken ? null : at;
  }

  private deepest(at: number): ts.Node {
    let node: ts.Node = this.file;
    for (;;) {
      let inner: ts.Node | undefined;
      node.forEachChild((child) => {
        if (inner === undefined && child.getStart(this.file) <= at && at < child.end) inner = child;
      });
      if (inner === undefined) return node;
      node = inner;
    }
  }

  /** Climbs to the first node that a probe can stand before or in. */
  private around(from: ts.Node): Probe | null {
    const { compiler } = this;
    let child: ts.Node | null = null;
    for (let node = from; !compiler.isSourceFile(node); child = node, node = node.parent) {
      if (compiler.isInterfaceDeclaration(node) || compiler.isTypeAliasDeclaration(node)) return null;
      if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return null;
      if (compiler.isTypeNode(node) && !compiler.isExpressionWithTypeArguments(node)) continue;
      if (compiler.isArrowFunction(node) && !compiler.isBlock(node.body)) return this.wrapped(node.body);
      if (compiler.isPropertyDeclaration(node)) {
        return node.initializer === undefined ? null : this.wrapped(node.initializer);
      }
      if (compiler.isFunctionLike(node)) return this.inFunction(node, child);
      if (compiler.isClassLike(node)) return null;
      if (compiler.isStatement(node)) return this.atStatement(node);
    }
    return null;
  }

  /** The line is the head of a function: the probe is its first statement. */
  private inFunction(node: ts.SignatureDeclaration, child: ts.Node | null): Probe | null {
    const { body } = node as ts.FunctionLikeDeclaration;
    if (body === undefined || child === body || !this.compiler.isBlock(body)) return null;
    return [{ at: body.getStart(this.file) + 1, text: ` ${PROBE}` }];
  }

  private atStatement(node: ts.Statement): Probe | null {
    const { compiler } = this;
    const { parent } = node;
    const start = node.getStart(this.file);
    if (compiler.isFunctionLike(parent)) return [{ at: start + 1, text: ` ${PROBE}` }];
    if (compiler.isBlock(node)) return [{ at: start + 1, text: ` ${PROBE}` }];
    const holdsStatements =
      compiler.isBlock(parent) ||
      compiler.isSourceFile(parent) ||
      compiler.isCaseOrDefaultClause(parent) ||
      compiler.isModuleBlock(parent);
    if (holdsStatements) return [{ at: start, text: `${PROBE} ` }];
    if (compiler.isLabeledStatement(parent)) return this.atStatement(parent);
    return [
      { at: start, text: `{ ${PROBE} ` },
      { at: node.end, text: ' }' },
    ];
  }

  private wrapped(expression: ts.Expression): Probe {
    return [
      { at: expression.getStart(this.file), text: `(${PROBE_EXPRESSION} ` },
      { at: expression.end, text: ')' },
    ];
  }

  /** Before what leaves the block, where something does. */
  private atEndOf(block: ts.Block): Probe {
    const { compiler } = this;
    const last = block.statements.at(-1);
    const leaves =
      last !== undefined &&
      (compiler.isReturnStatement(last) ||
        compiler.isThrowStatement(last) ||
        compiler.isBreakOrContinueStatement(last));
    const at = leaves ? last.getStart(this.file) : block.end - 1;
    return [{ at, text: `${PROBE} ` }];
  }
}
