// Which build judges an input: the driver as it is, or the one with a planted bug in it. Each is loaded once.

import { buildBug, findBug, loadBugs } from './bug-bank.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { UsageError } from '../errors.js';
import { type Harness, loadHarness } from '../harness.js';
import { compiledRoot } from '../paths.js';

export interface Build {
  readonly harness: Harness;
  /** Id of the bug in it, or null. */
  readonly bug: string | null;
  /** Its compiled tree. */
  readonly root: string;
}

export interface BuildsOptions {
  /** The bug whose build judges every input. */
  readonly bug: string | undefined;
  /** Folders of bugs besides bugs/. */
  readonly bugDirs: readonly string[];
  /** The driver that every input is judged on, where it is not our own; no bug goes with it. */
  readonly driver?: LoadedDriver | null;
  /** Told when a sidecar's word decides the build, or cannot. */
  readonly note: (message: string) => void;
}

/** Why `--bug` and `--driver` exclude each other. */
export const BUG_OF_OWN_DRIVER = "--bug plants a bug in vringfuzz's own driver: leave it out, or leave out --driver";

export class Builds {
  private readonly roots = new Map<string | null, string>();
  private readonly loaded = new Map<string | null, Harness>();
  private readonly noted = new Set<string>();

  /** The driver of the options. */
  readonly driver: LoadedDriver | null;

  /** Builds the bug of the options. Throws UsageError when there is none of that id or its patch does not apply. */
  constructor(private readonly options: BuildsOptions) {
    this.driver = options.driver ?? null;
    if (this.driver !== null && options.bug !== undefined) throw new UsageError(BUG_OF_OWN_DRIVER);
    if (options.bug !== undefined) this.rootOf(options.bug);
  }

  /** The build for an input whose sidecar names `sidecarBug`. Throws like the constructor. */
  forInput(sidecarBug: string | null): Build {
    const bug = this.driver === null ? (this.options.bug ?? this.bugOfSidecar(sidecarBug)) : null;
    const harness = this.loaded.get(bug) ?? loadHarness(this.rootOf(bug), { driver: this.driver });
    this.loaded.set(bug, harness);
    return { harness, bug, root: this.rootOf(bug) };
  }

  /** Loads a build anew, after an execution in it was stopped half-way. */
  renew(bug: string | null): void {
    this.loaded.set(bug, loadHarness(this.rootOf(bug), { fresh: true, driver: this.driver }));
  }

  private bugOfSidecar(bug: string | null): string | null {
    if (bug === null) return null;
    const exists = loadBugs(this.options.bugDirs).some((candidate) => candidate.id === bug);
    const message = exists
      ? `the sidecar names bug ${bug}: using the build with it`
      : `the sidecar names bug ${bug}, which is not in the bug bank: using the driver as it is (see --bugs)`;
    if (!this.noted.has(bug)) this.options.note(message);
    this.noted.add(bug);
    return exists ? bug : null;
  }

  private rootOf(bug: string | null): string {
    let root = this.roots.get(bug);
    root ??= bug === null ? compiledRoot() : buildBug(findBug(bug, this.options.bugDirs));
    this.roots.set(bug, root);
    return root;
  }
}
