/** `%name%` in values with the modifier `expand`: stands for the values that the installation has for it. `\%` is a percent sign. */
import { parsePattern, type Pattern } from './pattern.ts';
import { Refusal, shown } from './refusal.ts';

/** Values by the name between the percent signs. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

const PLACEHOLDER = /\\%|%([^%\\\s]+)%/g;
/** Several placeholders in one value multiply. */
const MAX_VALUES = 1000;

/** Throws a Refusal for a placeholder without values: a rule that cannot be understood must not run. */
export function expand(value: string, placeholders: Placeholders): readonly Pattern[] {
  let values = [''];
  let at = 0;
  for (const found of value.matchAll(PLACEHOLDER)) {
    const [whole, name] = found;
    const before = value.slice(at, found.index);
    const known = name === undefined ? ['%'] : Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
    if (known === undefined || known.length === 0)
      throw new Refusal(`nothing is known for the placeholder ${shown(whole)}`);
    values = values.flatMap((start) => known.map((one) => start + before + one));
    if (values.length > MAX_VALUES) throw new Refusal(`${shown(value)} expands to more than ${MAX_VALUES} values`);
    at = found.index + whole.length;
  }
  return values.map((start) => parsePattern(start + value.slice(at)));
}
