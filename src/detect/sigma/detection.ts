/** The `detection` section: search identifiers and the condition over them. */
import { condition } from './condition.ts';
import { type Expression, join } from './expression.ts';
import { item, type ItemContext } from './item.ts';
import { Refusal, shown, within } from './refusal.ts';
import { isMapping, mapping, texts } from './yaml-value.ts';

export interface Detection {
  readonly expression: Expression;
  /** The search identifiers by name. */
  readonly names: ReadonlyMap<string, Expression>;
}

function both(search: unknown, name: string, context: ItemContext): Expression {
  const items = Object.entries(mapping(search, name)).map(([key, value]) =>
    within(key, () => item(key, value, context)),
  );
  if (items.length === 0) throw new Refusal(`${name} is empty`);
  return join('and', items);
}

/** A mapping: all of its items. A list: one of its mappings, or one of its keywords. */
function identifier(search: unknown, name: string, context: ItemContext): Expression {
  if (!Array.isArray(search)) return isMapping(search) ? both(search, name, context) : item('', search, context);
  if (search.length === 0) throw new Refusal(`${shown(name)} is empty`);
  return join(
    'or',
    search.map((entry: unknown, at) =>
      within(at, () => (isMapping(entry) ? both(entry, name, context) : item('', [entry], context))),
    ),
  );
}

/** Search identifiers of a detection, or of a filter, whose other keys are `apart`. */
export function identifiers(
  section: unknown,
  apart: readonly string[],
  context: ItemContext,
): ReadonlyMap<string, Expression> {
  const searches = Object.entries(mapping(section, 'detection')).filter(([name]) => !apart.includes(name));
  return new Map(
    searches.map(([name, search]) => [name, within(name, () => identifier(search, name, context))] as const),
  );
}

/** Throws a Refusal with the reason. */
export const detection = (section: unknown, context: ItemContext): Detection =>
  within('detection', () => read(section, context));

function read(section: unknown, context: ItemContext): Detection {
  const { condition: conditions, timeframe } = mapping(section, 'detection');
  if (conditions === undefined) throw new Refusal('detection has no condition');
  if (timeframe !== undefined) throw new Refusal('timeframe was replaced by correlation rules');
  const names = identifiers(section, ['condition'], context);
  return { expression: within('condition', () => condition(texts(conditions, 'condition'), names)), names };
}
