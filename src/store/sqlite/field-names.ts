/** Which fields stored events have, told by what is known of blocks without their events, newest first, and by the newest hot batches. */
import type { Scanner, Watch } from './scan.ts';

/** Blocks, of up to 32,768 events each, and hot batches that are asked. */
const MOST_BLOCKS = 64;
const MOST_BATCHES = 64;
/** Whoever sends made-up names sends as many as they like. */
const MOST_NAMES = 5000;
const LONGEST = 200;

export type FieldNames = (scan: Scanner, sealedThrough: number, watching: Watch) => Promise<readonly string[]>;

/** What sealed events have is remembered until more are sealed: it is asked at every key that is pressed. */
export function fieldNames(): FieldNames {
  let sealed: { readonly through: number; readonly names: ReadonlySet<string> } | undefined;
  return async (scan, sealedThrough, watching) => {
    const known = sealed?.through === sealedThrough ? sealed.names : undefined;
    const names = new Set(known);
    const told = new Set<string>();
    let [blocks, batches] = [known === undefined ? MOST_BLOCKS : 0, MOST_BATCHES];
    const add = (name: string, into: Set<string>): void => {
      if (name.length <= LONGEST && into.size < MOST_NAMES) into.add(name);
    };
    await scan.byTime({ from: -Infinity, to: Infinity }, watching, (segment) => {
      if (segment.sealed && blocks-- <= 0) return false;
      if (!segment.sealed && batches-- <= 0) return true;
      for (const name of segment.fields()) {
        add(name, names);
        if (segment.sealed) add(name, told);
      }
      return true;
    });
    if (known === undefined) sealed = { through: sealedThrough, names: told };
    return [...names].toSorted();
  };
}
