/**
 * Tests of a record's fields. `a.b` is asked for nested, and as a name with a dot.
 *
 * Each test knows the names at the top of a record of which one must be there for it to hold (`heads`): a record of a program of the house
 * has none of them, and is asked nothing.
 */
export type Tree = Readonly<Record<string, unknown>>;
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A record, and the names that it has at the top: `a.b` is also `a`. */
export interface Seen {
  readonly record: Tree;
  readonly names: () => ReadonlySet<string>;
}

export interface When {
  readonly heads: readonly string[];
  readonly fits: (seen: Seen) => boolean;
}

export function seenOf(record: Tree): Seen {
  let known: ReadonlySet<string> | undefined;
  return { record, names: () => (known ??= namesOf(record)) };
}

function namesOf(record: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  for (const name of Object.keys(record)) {
    names.add(name);
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) names.add(name.slice(0, dot));
  }
  return names;
}

const own = (tree: Tree, name: string): unknown => (Object.hasOwn(tree, name) ? tree[name] : undefined);

/** What stands at `a.b`; undefined where nothing does. */
function at({ record }: Seen, path: string): unknown {
  const whole = own(record, path);
  if (whole !== undefined || !path.includes('.')) return whole;
  let found: unknown = record;
  for (const part of path.split('.')) {
    if (!isTree(found)) return undefined;
    found = own(found, part);
  }
  return found;
}

const has = (seen: Seen, path: string): boolean => seen.names().has(path) || at(seen, path) !== undefined;
const wordsOf = (text: string): readonly string[] => text.split(' ');
export const headOf = (path: string): string => (path.includes('.') ? path.slice(0, path.indexOf('.')) : path);

/** Names with blanks between. The first one should be the rarest. */
export function all(names: string): When {
  const paths = wordsOf(names);
  return { heads: paths.slice(0, 1).map(headOf), fits: (seen) => paths.every((path) => has(seen, path)) };
}

export function any(names: string): When {
  const paths = wordsOf(names);
  return { heads: paths.map(headOf), fits: (seen) => paths.some((path) => has(seen, path)) };
}

/** One of the names has a text that looks so. */
export function like(names: string, pattern: RegExp): When {
  const paths = wordsOf(names);
  return {
    heads: paths.map(headOf),
    fits: (seen) =>
      paths.some((path) => {
        const value = at(seen, path);
        return typeof value === 'string' && value.length <= 4096 && pattern.test(value);
      }),
  };
}

/** The first one finds it. */
export const both = (first: When, ...others: readonly When[]): When => ({
  heads: first.heads,
  fits: (seen) => first.fits(seen) && others.every(({ fits }) => fits(seen)),
});

/** Only beside another. */
export const not = ({ fits }: When): When => ({ heads: [], fits: (seen) => !fits(seen) });

export const never: When = { heads: [], fits: () => false };
