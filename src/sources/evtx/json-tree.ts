/**
 * Elements as they open and close → the JSON that evtx_dump (0.9) makes of them.
 *
 *     <A>1</A>                              "A": 1
 *     <A k="v"/>                            "A": {"#attributes": {"k": "v"}}
 *     <A k="v">1</A>                        "A": {"#attributes": {"k": "v"}, "#text": 1}
 *     <A/>                                  "A": null
 *     <A>1</A><A>2</A>                      "A": 2, "A_1": 1              the last one has the plain name
 *     <Data Name="A">1</Data>               "A": 1
 *     <Data>1</Data><Data>2</Data>          "Data": {"#text": [1, 2]}
 *
 * Where evtx_dump loses a value or gives the record up (text after a number, a repeated element whose attributes are gone), the
 * value is kept under these same rules.
 */
import { type Chunk, Damage, spend } from './bytes.ts';
import type { JsonObject, JsonValue } from './value.ts';

/** Far above real events, far below what a recursive reader of the JSON can take. */
const DEEPEST = 200;

const TEXT = '#text';

export class JsonTree {
  readonly root: JsonObject = {};
  readonly #chunk: Chunk;
  /** Of each open element: the object that holds it, once there must be one, and its key there. */
  readonly #holders: (JsonObject | undefined)[] = [];
  readonly #keys: string[] = [];
  /** The last number given to a repeated key. */
  readonly #numbers = new Map<JsonObject, Map<string, number>>();

  constructor(chunk: Chunk) {
    this.#chunk = chunk;
  }

  /** `attributes`: absent where there are none with a value. */
  open(key: string, attributes: JsonObject | undefined): void {
    const holder = this.#objectFor(key);
    this.#moveAway(holder, key);
    set(holder, key, attributes === undefined ? null : { '#attributes': attributes });
    this.#push(holder, key);
  }

  /** `<Data>` without a name: nothing is written before it holds something. */
  openUnnamed(): void {
    this.#push(undefined, 'Data');
  }

  close(): void {
    this.#holders.pop();
    this.#keys.pop();
  }

  put(value: JsonValue): void {
    const top = this.#keys.length - 1;
    if (top < 0) return;
    const holder = this.#holderOf(top);
    const key = this.#keys[top] ?? '';
    const old = own(holder, key) ?? null;
    if (old === null) set(holder, key, value);
    else if (Array.isArray(old)) old.push(value);
    else if (typeof old === 'object') putText(old, value);
    else set(holder, key, textOf(old) + textOf(value));
  }

  #push(holder: JsonObject | undefined, key: string): void {
    if (this.#keys.length >= DEEPEST) throw new Damage('is nested too deeply');
    this.#holders.push(holder);
    this.#keys.push(key);
  }

  /** The object that the innermost element's children go into, one of which is to be `key`. */
  #objectFor(key: string): JsonObject {
    const top = this.#keys.length - 1;
    return top < 0 ? this.root : this.#objectAt(top, key);
  }

  #objectAt(index: number, key: string): JsonObject {
    const holder = this.#holderOf(index);
    const name = this.#keys[index] ?? '';
    const value = own(holder, name) ?? null;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    const made: JsonObject = {};
    // Text before the first child stands as if it were one.
    if (value !== null) set(made, key, value);
    set(holder, name, made);
    return made;
  }

  #holderOf(index: number): JsonObject {
    const known = this.#holders[index];
    if (known !== undefined) return known;
    const key = this.#keys[index] ?? '';
    const holder = index === 0 ? this.root : this.#objectAt(index - 1, key);
    if (!Object.hasOwn(holder, key)) set(holder, key, {});
    this.#holders[index] = holder;
    return holder;
  }

  #moveAway(holder: JsonObject, key: string): void {
    const old = own(holder, key) ?? null;
    if (old === null || isEmpty(old)) return;
    const numbers = this.#numbersOf(holder);
    let number = (numbers.get(key) ?? 0) + 1;
    while (Object.hasOwn(holder, `${key}_${number}`)) {
      spend(this.#chunk, key.length);
      number++;
    }
    numbers.set(key, number);
    set(holder, `${key}_${number}`, old);
  }

  #numbersOf(holder: JsonObject): Map<string, number> {
    const known = this.#numbers.get(holder);
    if (known !== undefined) return known;
    const made = new Map<string, number>();
    this.#numbers.set(holder, made);
    return made;
  }
}

function putText(object: JsonObject, value: JsonValue): void {
  const old = own(object, TEXT) ?? null;
  if (old === null) object[TEXT] = value;
  else if (Array.isArray(old)) old.push(value);
  else object[TEXT] = [old, value];
}

const own = (object: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** A key of that name would change the object itself. */
export function set(object: JsonObject, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function isEmpty(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

export function textOf(value: JsonValue): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
