/**
 * Named values in the order of their last use. A Map that deletes and sets again would keep that order too, but finding its
 * first key then walks over everything that was deleted before it; a linked list does not.
 *
 *     oldest ⇄ … ⇄ latest
 */
interface Link<V> {
  readonly name: string;
  readonly value: V;
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
  get oldest(): { readonly name: string; readonly value: V } | undefined {
    return this.#oldest;
  }

  /** From the one that was longest without use. */
  *values(): Generator<V> {
    for (let link = this.#oldest; link !== undefined; link = link.newer) yield link.value;
  }

  get(name: string): V | undefined {
    return this.#links.get(name)?.value;
  }

  /** Uses a value: known or new, it is the latest from now on. */
  use(name: string, value: V): void {
    const known = this.#links.get(name);
    if (known !== undefined && known === this.#latest) return;
    if (known !== undefined) this.#unlink(known);
    const link = known ?? { name, value, older: undefined, newer: undefined };
    if (known === undefined) this.#links.set(name, link);
    link.older = this.#latest;
    link.newer = undefined;
    if (this.#latest !== undefined) this.#latest.newer = link;
    this.#latest = link;
    this.#oldest ??= link;
  }

  remove(name: string): void {
    const link = this.#links.get(name);
    if (link === undefined) return;
    this.#links.delete(name);
    this.#unlink(link);
  }

  #unlink(link: Link<V>): void {
    if (link.older === undefined) this.#oldest = link.newer;
    else link.older.newer = link.newer;
    if (link.newer === undefined) this.#latest = link.older;
    else link.newer.older = link.older;
  }
}
