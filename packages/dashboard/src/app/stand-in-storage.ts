// Some browsers keep nothing for this site, as their owners wish: what would be kept lives as long as the page then.

const NAMES = ["localStorage", "sessionStorage"] as const;

/** Where the storages of a page are: its window. */
export type StorageScope = Pick<typeof globalThis, (typeof NAMES)[number]>;

class PageStorage implements Storage {
  readonly #kept = new Map<string, string>();

  get length(): number {
    return this.#kept.size;
  }

  key(index: number): string | null {
    return [...this.#kept.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.#kept.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#kept.set(name, value);
  }

  removeItem(name: string): void {
    this.#kept.delete(name);
  }

  clear(): void {
    this.#kept.clear();
  }
}

function isGiven(scope: StorageScope, name: (typeof NAMES)[number]): boolean {
  try {
    return typeof scope[name].getItem === "function";
  } catch {
    return false; // to look at it is refused already
  }
}

/** Puts a storage that ends with the page in the place of each that the browser refuses; to be called before all else. */
export function standInForStorage(scope: StorageScope = globalThis): void {
  for (const name of NAMES) {
    if (isGiven(scope, name)) continue;
    Object.defineProperty(scope, name, { value: new PageStorage(), configurable: true });
  }
}
