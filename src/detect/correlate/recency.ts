/**
 * Named values in the order of their last use. A Map that deletes and sets again would keep that order too, but finding its
 * first key then walks over everything that was deleted before it; a linked list does not.
 *
 *     oldest ⇄ … ⇄ latest
 */
export interface Item<V> {
  readonly name: string;
  readonly value: V;
}

interface Link<V> extends Item<V> {
  older: Link<V> | undefined;
  newer: Link<V> | undefined;
}

export class Recency<V> {
  readonly #links = new Map<string, Link<V>>();
  #oldest: Link<V> | undefined;
  #latest: Link<V> | undefined;

  get size(): number {
    return this.#links.size;
  }

  /** The value that was longest without use. */
  get oldest(): Item<V> | undefined {
    return this.#oldest;
  }

  /** From the one that was longest without use. */
  *values(): Generator<V> {
    for (let link = this.#oldest; link !== undefined; link = link.newer) yield link.value;
  }

  /** Uses a value: if it is known, it is the latest from now on. */
  use(name: string): V | undefined {
    const link = this.#links.get(name);
    if (link === undefined) return undefined;
    if (link !== this.#latest) {
      this.#unlink(link);
      this.#append(link);
    }
    return link.value;
  }

  /** A name that is not known yet; it is the latest. */
  open(name: string, value: V): void {
    const link = { name, value, older: undefined, newer: undefined };
    this.#links.set(name, link);
    this.#append(link);
  }

  remove(name: string): void {
    const link = this.#links.get(name);
    if (link === undefined) return;
    this.#links.delete(name);
    this.#unlink(link);
  }

  #append(link: Link<V>): void {
    link.older = this.#latest;
    link.newer = undefined;
    if (this.#latest !== undefined) this.#latest.newer = link;
    this.#latest = link;
    this.#oldest ??= link;
  }

  #unlink(link: Link<V>): void {
    if (link.older === undefined) this.#oldest = link.newer;
    else link.older.newer = link.newer;
    if (link.newer === undefined) this.#latest = link.older;
    else link.newer.older = link.older;
  }
}
