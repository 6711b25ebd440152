/** The `detection` section: search identifiers and the condition over them. */
import { condition } from './condition.ts';
import { type EventTest, item } from './item.ts';
import { Refusal, shown } from './refusal.ts';
import { isMapping, mapping, texts } from './yaml-value.ts';

export interface Detection {
  readonly test: EventTest;
  /** The search identifiers by name. */
  readonly names: ReadonlyMap<string, EventTest>;
}

function both(search: unknown, name: string): EventTest {
  const items = Object.entries(mapping(search, name)).map(([key, value]) => item(key, value));
  if (items.length === 0) throw new Refusal(`${name} is empty`);
  return (event) => {
    for (const test of items) if (!test(event)) return false;
    return true;
  };
}

/** A mapping: all of its items. A list: one of its mappings, or one of its keywords. */
function identifier(search: unknown, name: string): EventTest {
  if (!Array.isArray(search)) return isMapping(search) ? both(search, name) : item('', search);
  const maps = search.filter(isMapping).map((entry) => both(entry, name));
  const keywords: unknown[] = search.filter((entry) => !isMapping(entry));
  const tests = keywords.length > 0 ? [...maps, item('', keywords)] : maps;
  if (tests.length === 0) throw new Refusal(`${shown(name)} is empty`);
  return (event) => tests.some((test) => test(event));
}

/** Throws a Refusal with the reason. */
export function detection(section: unknown): Detection {
  const { condition: conditions, ...searches } = mapping(section, 'detection');
  if (conditions === undefined) throw new Refusal('detection has no condition');
  if ('timeframe' in searches) throw new Refusal('timeframe was replaced by correlation rules');
  const names = new Map(Object.entries(searches).map(([name, search]) => [name, identifier(search, name)] as const));
  return { test: condition(texts(conditions, 'condition'), names), names };
}
