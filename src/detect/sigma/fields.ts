/**
 * Where our events keep what Sigma's field names mean: one table a log source, read when a rule is compiled.
 *
 * A rule's field is looked up under each of its places in turn; the first that the event has counts. Windows data is kept
 * under `winlog.event_data` by its own name, so that comes first; then the ECS name; then the bare name, because a record
 * that came over HTTP keeps its own keys. Names that are ECS already, and names no table has, stand for themselves.
 */
import type { Event, FieldValue } from '#contract';
import type { LogSource } from '../logsource.ts';
import { isMappedTo, TABLES, type Table } from './field-tables.ts';

export type Read = (event: Event) => FieldValue | undefined;

export interface Field {
  readonly name: string;
  readonly read: Read;
  /** Keys of the event that it is read from, best first. */
  readonly places: readonly string[];
  /** One of its places is made of two keys. */
  readonly joined: boolean;
}

export type FieldMap = (name: string) => Field;

/** `DOMAIN\name`, as Windows writes it, from the two fields that ECS keeps it in. */
const JOINED = 'user.domain + user.name';
const JOINABLE: Readonly<Record<string, readonly [string, string]>> = {
  [JOINED]: ['user.domain', 'user.name'],
};

function readPlace(event: Event, place: string): FieldValue | undefined {
  const pair = JOINABLE[place];
  if (pair === undefined) return event[place];
  const [domain, name] = [event[pair[0]], event[pair[1]]];
  return typeof domain === 'string' && typeof name === 'string' && !name.includes('\\') ? `${domain}\\${name}` : name;
}

const isJoined = (places: readonly string[]): boolean => places.some((place) => Object.hasOwn(JOINABLE, place));

function reading(places: readonly string[]): Read {
  const [first = '', second, third] = places;
  if (isJoined(places) || places.length > 3)
    return (event) => {
      for (const place of places) {
        const value = readPlace(event, place);
        if (value !== undefined && value !== null) return value;
      }
      return places.some((place) => event[place] === null) ? null : undefined;
    };
  if (second === undefined) return (event) => event[first];
  if (third === undefined) return (event) => event[first] ?? event[second] ?? absent(event, places);
  return (event) => event[first] ?? event[second] ?? event[third] ?? absent(event, places);
}

/** Nothing was found; a null that stands somewhere is still there, for `exists`. */
function absent(event: Event, places: readonly string[]): null | undefined {
  for (const place of places) if (event[place] === null) return null;
  return undefined;
}

const applies = ({ product, category, service }: Table['source'], source: LogSource): boolean =>
  (product === undefined || product === source.product) &&
  (category === undefined || category.includes(source.category)) &&
  (service === undefined || service.includes(source.service));

/** Where nothing is said of the log source, all tables that are not one program's own. */
const isCommon = ({ source }: Table): boolean => source.product !== 'zeek' && source.service === undefined;
const isAnything = ({ product, category, service }: LogSource): boolean => product + category + service === '';

/** The fields of rules for a log source. Fields with the same places are the same object for all of them. */
export function fieldMap(source: LogSource, known: Map<string, Field>): FieldMap {
  const tables = TABLES.filter(isAnything(source) ? isCommon : (table) => applies(table.source, source));
  const byName = new Map<string, Field>();
  const find = (name: string): Field => {
    const places = placesOf(name, tables, source);
    const key = places.length === 1 ? (places[0] ?? name) : `${name}\u0000${places.join('\u0000')}`;
    const field = known.get(key) ?? { name: key, read: reading(places), places, joined: isJoined(places) };
    known.set(key, field);
    return field;
  };
  return (name) => {
    const field = byName.get(name) ?? find(name);
    byName.set(name, field);
    return field;
  };
}

/** A log source's product that begins so is of records under the names that they came with: no table has anything to say of them. */
export const AS_WRITTEN = 'written:';

function placesOf(name: string, tables: readonly Table[], source: LogSource): readonly string[] {
  if (name.startsWith('@') || source.product.startsWith(AS_WRITTEN)) return [name];
  const mapped = tables.flatMap((table) => (Object.hasOwn(table.fields, name) ? (table.fields[name] ?? []) : []));
  const windows = source.product === 'windows' || source.product === '' ? [`winlog.event_data.${name}`] : [];
  if (mapped.length === 0 && name.includes('.')) return [name];
  return [...new Set(source.product === 'windows' ? [...windows, ...mapped, name] : [...mapped, name, ...windows])];
}

/** The first field that no event of the log source can have, among those a rule asks for. */
export function neverThere(name: string, source: LogSource): boolean {
  const closed = TABLES.find((table) => table.closed === true && applies(table.source, source));
  return (
    closed !== undefined &&
    !name.includes('.') &&
    !isMappedTo(
      name,
      closed,
      TABLES.filter((table) => applies(table.source, source)),
    )
  );
}
