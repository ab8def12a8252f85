// Type-checks many patches at once. typecheckBug (src/campaign) takes a whole program a bug; here bugs that change
// different files share a program, the programs share what no patch touches, and only what a patch can break is checked:
// driver, DMA layer and the world that uses them.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type ts from 'typescript';

import type { Bug } from './bug-definition.js';
import { patchedSources } from './bug-patch.js';
import { projectRoot } from '../paths.js';
import { loadCompiler, projectOptions } from './typescript-compiler.js';

/** Bugs that change different files, and their patched sources by absolute path. */
interface Group {
  readonly ids: string[];
  readonly sources: Map<string, string>;
}

/** What the compiler says about some bugs: any of them may be meant. */
export interface Complaint {
  readonly bugs: readonly string[];
  /** `<file>: <complaint>` */
  readonly text: string;
}

/** `<bugs>: <file>: <complaint>`, for every complaint of the compiler. */
export function complaintsAbout(bugs: readonly Bug[]): readonly string[] {
  return complaintsByBug(bugs).map((complaint) => `${complaint.bugs.join(' or ')}: ${complaint.text}`);
}

export function complaintsByBug(bugs: readonly Bug[]): readonly Complaint[] {
  const compiler = loadCompiler();
  const root = projectRoot();
  const options: ts.CompilerOptions = { ...projectOptions(compiler), noEmit: true };
  const unpatched = new Map<string, ts.SourceFile | undefined>();
  const complaints: Complaint[] = [];
  let program: ts.Program | undefined;
  for (const { ids, sources } of groupsOf(bugs)) {
    const host = compiler.createCompilerHost(options);
    const getSourceFile = host.getSourceFile.bind(host);
    host.fileExists = (path) => existsSync(path);
    host.getSourceFile = (path, languageVersion) => {
      const text = sources.get(resolve(path));
      if (text !== undefined) return compiler.createSourceFile(path, text, languageVersion, true);
      if (!unpatched.has(path)) unpatched.set(path, getSourceFile(path, languageVersion));
      return unpatched.get(path);
    };
    program = compiler.createProgram([join(root, 'src', 'world', 'world.ts')], options, host, program);
    for (const file of program.getSourceFiles()) {
      if (!/\/src\/(driver|dma|world)\//.test(file.fileName) && !sources.has(resolve(file.fileName))) continue;
      for (const diagnostic of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
        const text = compiler.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
        complaints.push({ bugs: ids, text: `${file.fileName.slice(root.length + 1)}: ${text}` });
      }
    }
  }
  return complaints;
}

/** Each bug in the first group in which no other one changes its files. */
function groupsOf(bugs: readonly Bug[]): readonly Group[] {
  const root = projectRoot();
  const groups: Group[] = [];
  for (const bug of bugs) {
    const sources = patchedSources(bug).map(({ path, text }) => [resolve(root, path), text] as const);
    let group = groups.find((candidate) => sources.every(([path]) => !candidate.sources.has(path)));
    if (group === undefined) groups.push((group = { ids: [], sources: new Map() }));
    group.ids.push(bug.id);
    for (const [path, text] of sources) group.sources.set(path, text);
  }
  return groups;
}
