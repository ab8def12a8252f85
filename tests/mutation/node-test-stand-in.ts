// Unit tests without the test runner: what modules get for `node:test` while they are loaded, so that each test can be run
// again and again in this process, alone and in order. It knows test() and describe() and refuses anything else.

export interface UnitTest {
  readonly name: string;
  readonly run: () => unknown;
}

export class NodeTestStandIn {
  private tests: UnitTest[] = [];
  private path: string[] = [];

  /** The module, as `require` would return it. */
  readonly module: unknown = new Proxy(
    {
      test: (name: string, body: () => unknown) => {
        if (body.length > 0) throw new Error(`the test "${name}" takes a context, which there is none of here`);
        this.tests.push({ name: [...this.path, name].join(' > '), run: body });
      },
      describe: (name: string, body: () => void) => {
        this.path.push(name);
        body();
        this.path.pop();
      },
    },
    {
      get: (known, key) => {
        if (typeof key === 'string' && !(key in known)) throw new Error(`node:test ${key} is not supported here`);
        return Reflect.get(known, key) as unknown;
      },
    },
  );

  /** What `load` registers, in order. */
  collect(load: () => void): readonly UnitTest[] {
    this.tests = [];
    this.path = [];
    load();
    return this.tests;
  }
}
