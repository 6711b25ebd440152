/**
 * Named things in the order of their last use. A Map that deletes and sets again would keep that order too, but finding its
 * first key then walks over everything that was deleted before it; a linked list does not. Each thing carries its own links.
 *
 *     oldest ⇄ … ⇄ latest
 */
export interface Linked<T> {
  readonly name: string;
  /** Its neighbours, which are the list's to change. */
  older: T | undefined;
  newer: T | undefined;
}

export class Recency<T extends Linked<T>> {
  readonly #byName = new Map<string, T>();
  #oldest: T | undefined;
  #latest: T | undefined;

  get size(): number {
    return this.#byName.size;
  }

  /** What was longest without use. */
  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** From the one that was longest without use. */
  *values(): Generator<T> {
    for (let one = this.#oldest; one !== undefined; one = one.newer) yield one;
  }

  get(name: string): T | undefined {
    return this.#byName.get(name);
  }

  /** Uses a name: if it is known, it is the latest from now on. */
  use(name: string): T | undefined {
    const one = this.#byName.get(name);
    if (one !== undefined) this.touch(one);
    return one;
  }

  /** The same of what is at hand. */
  touch(one: T): void {
    if (one === this.#latest) return;
    this.#unlink(one);
    this.#append(one);
  }

  /** A name that is not known yet; it is the latest. */
  open(one: T): void {
    this.#byName.set(one.name, one);
    this.#append(one);
  }

  remove(one: T): void {
    if (this.#byName.delete(one.name)) this.#unlink(one);
  }

  #append(one: T): void {
    one.older = this.#latest;
    one.newer = undefined;
    if (this.#latest !== undefined) this.#latest.newer = one;
    this.#latest = one;
    this.#oldest ??= one;
  }

  #unlink(one: T): void {
    if (one.older === undefined) this.#oldest = one.newer;
    else one.older.newer = one.newer;
    if (one.newer === undefined) this.#latest = one.older;
    else one.newer.older = one.older;
    // What has left must not keep its neighbours alive.
    one.older = one.newer = undefined;
  }
}
