/** Code that is loaded when it is first needed: an import starts sooner by what it does not load. */

export class Later<T> {
  readonly #load: () => Promise<T>;
  #loaded: Promise<T> | null = null;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get(): Promise<T> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** @returns what was loaded, or is being loaded; null when nobody needed it yet. */
  known(): Promise<T> | null {
    return this.#loaded;
  }
}

type Methods = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** @returns handlers of the named methods, which load theirs with the first call. */
export function laterHandlers<H extends Methods, M extends keyof H>(
  methods: readonly M[],
  handlers: () => Promise<Pick<H, M>>,
): Pick<H, M> {
  const entries = methods.map((method) => [method, async (input: never) => (await handlers())[method](input)] as const);
  return Object.fromEntries(entries) as unknown as Pick<H, M>;
}
