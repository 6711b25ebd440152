/**
 * Reading and writing fields of records that come in many shapes.
 *
 * V8 remembers for each place in the code, or in a table of a few thousand for all of them, where a name lies in objects of a shape.
 * Events and records from logs have more shapes than that. A name that an object does not have, or that is written to it for the first
 * time, is then asked of the run-time system: a quarter of a microsecond, often more than the rest of the step. `in`, and a name that
 * stands in a variable, are answered in place, in a tenth of that. So shared code goes through these two; a parser's own fields are of
 * few shapes and need neither.
 */
import type { Fields } from '#contract';

export function fieldOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return name in record ? record[name] : undefined;
}

/** Names with something in front or behind, put together once each: a new text has to be looked up among all names of the program. */
export function joined(before: string, behind = ''): (name: string) => string {
  const made = new Map<string, string>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const whole = before + name + behind;
    made.set(name, whole);
    return whole;
  };
}

export function put(into: Fields, name: string, value: Fields[string]): void {
  into[name] = value;
}
