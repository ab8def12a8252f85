// Where the driver's sources read memory or ask the platform for something that can fail: found by the compiler, by the
// interface that each call goes through, so that a new call site is on the list as soon as it is written. A call whose
// value is returned as it is stands for its callers: they are where the value is used, or the failure handled.

import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import ts from 'typescript';

import { EnvironmentError, messageOf } from '../errors.js';

/** Methods of the platform by interface: what a site is about. */
export const PLATFORM_CALLS = {
  MemoryView: ['load16', 'load32', 'load64'],
  DmaApi: ['mapPage', 'mapSingle', 'allocCoherent'],
  Allocator: ['kmalloc'],
  Transport: ['notify', 'disableQueue', 'enableQueue'],
} as const;

export type PlatformInterface = keyof typeof PLATFORM_CALLS;

export interface CallSite {
  /** Relative to the project, such as `src/driver/split-queue.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The class and method around it, such as `SplitQueue.getBuf`. */
  readonly function: string;
  /** What is called there: the platform, or the driver's own function that returns what the platform said. */
  readonly callee: string;
  /** The platform's methods that this comes down to. */
  readonly methods: readonly string[];
  readonly platform: PlatformInterface;
}

interface FoundCall {
  readonly node: ts.CallExpression;
  readonly platform: PlatformInterface;
  readonly method: string;
}

/** The call sites in `<root>/src/driver`. Throws EnvironmentError where the sources are not there. */
export function driverCallSites(root: string): readonly CallSite[] {
  const folder = join(root, 'src', 'driver');
  const program = ts.createProgram(sourcesOf(folder), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    // Symbols of our own interfaces are all that is asked for.
    noLib: true,
    types: [],
  });
  const finder = new SiteFinder(program, folder);
  return finder.sites().map((site) => ({ ...site, file: relative(root, site.file).split(sep).join('/') }));
}

class SiteFinder {
  private readonly checker: ts.TypeChecker;
  private readonly calls: readonly ts.CallExpression[];

  constructor(program: ts.Program, folder: string) {
    this.checker = program.getTypeChecker();
    const files = program.getSourceFiles().filter(({ fileName }) => join(fileName).startsWith(folder + sep));
    this.calls = files.flatMap(callsIn);
  }

  /** By file and line. */
  sites(): readonly CallSite[] {
    const merged = new Map<string, CallSite>();
    for (const node of this.calls) {
      const called = this.platformCall(node);
      if (called === null) continue;
      for (const site of this.usesOf(called, new Set())) {
        const key = `${site.file}:${site.line}:${site.callee}:${site.platform}`;
        const methods = [...new Set([...(merged.get(key)?.methods ?? []), ...site.methods])].sort();
        merged.set(key, { ...site, methods });
      }
    }
    return [...merged.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  }

  private platformCall(node: ts.CallExpression): FoundCall | null {
    const symbol = this.calledSymbol(node);
    const owner = symbol?.declarations?.[0]?.parent;
    if (symbol === undefined || owner === undefined || !ts.isInterfaceDeclaration(owner)) return null;
    const platform = owner.name.text;
    if (!isPlatform(platform) || !(PLATFORM_CALLS[platform] as readonly string[]).includes(symbol.name)) return null;
    return { node, platform, method: symbol.name };
  }

  /** The call itself, or where its value goes when it is only handed on. */
  private usesOf(call: FoundCall, seen: Set<ts.Node>): readonly CallSite[] {
    const around = functionAround(call.node);
    const handedOn = around !== null && isReturned(call.node);
    if (!handedOn || seen.has(around)) return [this.siteOf(call)];
    seen.add(around);
    const callers = this.calls.filter((node) => this.calledSymbol(node)?.declarations?.includes(around) === true);
    if (callers.length === 0) return [this.siteOf(call)];
    return callers.flatMap((node) => this.usesOf({ ...call, node }, seen));
  }

  private siteOf({ node, platform, method }: FoundCall): CallSite {
    const file = node.getSourceFile();
    const name = calledName(node);
    const { line } = file.getLineAndCharacterOfPosition((name ?? node).getStart());
    return {
      file: join(file.fileName),
      line: line + 1,
      function: nameOf(functionAround(node)),
      callee: name?.text ?? method,
      methods: [method],
      platform,
    };
  }

  private calledSymbol(node: ts.CallExpression): ts.Symbol | undefined {
    const name = calledName(node);
    return name === null ? undefined : this.checker.getSymbolAtLocation(name);
  }
}

function isPlatform(name: string): name is PlatformInterface {
  return name in PLATFORM_CALLS;
}

function sourcesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name));
  } catch (error) {
    throw new EnvironmentError(`cannot read the driver's sources in ${folder}: ${messageOf(error)}`);
  }
}

function callsIn(file: ts.SourceFile): readonly ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function calledName({ expression }: ts.CallExpression): ts.Identifier | null {
  if (ts.isIdentifier(expression)) return expression;
  return ts.isPropertyAccessExpression(expression) && ts.isIdentifier(expression.name) ? expression.name : null;
}

/** Whether the function returns the call's value as it is, perhaps as one branch of a choice. */
function isReturned(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isReturnStatement(parent)) return true;
  if (ts.isParenthesizedExpression(parent)) return isReturned(parent);
  return ts.isConditionalExpression(parent) && parent.condition !== node && isReturned(parent);
}

function functionAround(node: ts.Node): ts.FunctionLikeDeclaration | null {
  for (let at = node.parent as ts.Node | undefined; at !== undefined; at = at.parent as ts.Node | undefined) {
    if (ts.isMethodDeclaration(at) || ts.isFunctionDeclaration(at) || ts.isConstructorDeclaration(at)) return at;
  }
  return null;
}

function nameOf(node: ts.FunctionLikeDeclaration | null): string {
  if (node === null) return '';
  const name = node.name !== undefined && ts.isIdentifier(node.name) ? node.name.text : 'constructor';
  const owner = ts.isClassDeclaration(node.parent) ? (node.parent.name?.text ?? '') : '';
  return owner === '' ? name : `${owner}.${name}`;
}
