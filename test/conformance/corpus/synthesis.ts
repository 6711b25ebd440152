/**
 * A rule → records that it should match, made from the rule itself: each item of its searches gets one of the item's own values. So every field
 * that published rules name is put to the test, where the samples have only those of 54 rules. What comes out is a try: whether the rule
 * matches it is for the naive interpreter to say.
 */
import { CATEGORIES, isTree, type Logged, type RuleSource, SERVICES, type Tree } from './windows-source.ts';

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly logsource: RuleSource;
  readonly detection: Tree;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A value of a rule as a text that it matches. */
const plain = (value: string): string =>
  value.replace(/\\([\\*?])|\*|\?/g, (sign, escaped: string | undefined) => escaped ?? (sign === '*' ? 'xy' : 'q'));

/** undefined: such a value cannot be made here. */
function made(given: unknown, modifiers: readonly string[], nth: number): unknown {
  if (modifiers.includes('exists')) return given === true ? 'there' : undefined;
  const values = listOf(given);
  if (modifiers.some((name) => ['re', 'fieldref', 'expand', 'cased'].includes(name) && name !== 'cased'))
    return undefined;
  if (modifiers.includes('cidr')) return String(values[nth % values.length]).replace(/\/.*$/, '');
  const order = modifiers.find((name) => ['gt', 'gte', 'lt', 'lte'].includes(name));
  if (order !== undefined) return Number(values[0]) + (order === 'gt' ? 1 : order === 'lt' ? -1 : 0);
  const chosen = modifiers.includes('all') ? values : [values[nth % values.length]];
  if (chosen.some((value) => value === null || value === undefined)) return null;
  if (chosen.length === 1 && typeof chosen[0] === 'number' && modifiers.length === 0) return chosen[0];
  const texts = chosen.map((value) => {
    const text = plain(String(value));
    if (modifiers.includes('base64') || modifiers.includes('base64offset')) {
      const bytes = Buffer.from(
        text,
        modifiers.some((name) => name === 'wide' || name.startsWith('utf16')) ? 'utf16le' : 'utf8',
      );
      return bytes.toString('base64').replaceAll('=', '');
    }
    return modifiers.includes('wide') || modifiers.some((name) => name.startsWith('utf16'))
      ? Buffer.from(text, 'utf16le').toString('latin1')
      : text;
  });
  const text = texts.join(' ');
  if (modifiers.includes('contains')) return `ab${text}yz`;
  if (modifiers.includes('startswith')) return `${text}yz`;
  return modifiers.includes('endswith') ? `ab${text}` : text;
}

export type Draft = Record<string, unknown>;

function putSearch(search: unknown, nth: number, into: Draft): void {
  if (Array.isArray(search)) {
    const list: readonly unknown[] = search;
    putSearch(list[nth % list.length], nth, into);
    return;
  }
  if (!isTree(search)) {
    into['Keyword'] = `${String(into['Keyword'] ?? '')} ${plain(String(search))}`;
    return;
  }
  for (const [key, given] of Object.entries(search)) {
    const [field = '', ...modifiers] = key.split('|');
    if (modifiers.includes('neq')) continue;
    if (field === '') {
      const all = modifiers.includes('all') ? listOf(given) : [listOf(given)[nth % listOf(given).length]];
      for (const value of all) putSearch(String(value), nth, into);
      continue;
    }
    const value = made(given, modifiers, nth);
    if (value === undefined || value === null) continue;
    const before = into[field];
    // A field that two searches ask for has both, one behind the other.
    into[field] =
      typeof before === 'string' && typeof value === 'string' && before !== value
        ? joined(before, value, modifiers)
        : value;
  }
}

const joined = (before: string, value: string, modifiers: readonly string[]): string =>
  modifiers.includes('startswith') ? `${value} ${before}` : `${before} ${value}`;

const ENVELOPE = new Set(['EventID', 'Provider_Name', 'Channel', 'Computer', 'Level', 'Keywords', 'Task', 'Opcode']);

export function loggedAs({ category, service }: RuleSource): readonly Logged[] {
  if (category !== undefined) return CATEGORIES[category] ?? [];
  const found = service === undefined ? undefined : SERVICES[service];
  return found === undefined ? [] : [found];
}

/** The fields that a rule asks for, with its own values. `nth`: which of the values is taken where there are several. */
export function draftFor({ detection }: Rule, nth: number): Draft {
  const draft: Draft = {};
  const searches = Object.entries(detection).filter(([name]) => name !== 'condition');
  const meant = searches.filter(([name]) => !/^(?:filter|exclu|not_|optional)/i.test(name));
  // Every other time a single one of several.
  const single = nth % 2 === 1 && meant.length > 1 ? [meant[nth % meant.length] ?? ['', {}]] : meant;
  for (const [, search] of single) putSearch(search, nth, draft);
  return draft;
}

/** In evtx_dump's shape. */
export function recordFor(rule: Rule, logged: Logged, nth: number): Tree {
  const draft = draftFor(rule, nth);
  if (rule.logsource.category === 'registry_delete') draft['EventType'] ??= 'DeleteValue';
  if (rule.logsource.category === 'registry_add') draft['EventType'] ??= 'CreateKey';
  const data = Object.fromEntries(Object.entries(draft).filter(([name]) => !ENVELOPE.has(name)));
  return {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: { '#attributes': { Name: String(draft['Provider_Name'] ?? logged.provider) } },
        EventID: Number(draft['EventID'] ?? logged.id ?? 1),
        Version: 0,
        Level: Number(draft['Level'] ?? 4),
        Task: 0,
        Opcode: 0,
        Keywords: '0x8000000000000000',
        TimeCreated: { '#attributes': { SystemTime: '2026-02-03T04:05:06.789Z' } },
        EventRecordID: 1,
        Channel: logged.channel,
        Computer: String(draft['Computer'] ?? 'desk.example'),
      },
      EventData: Object.keys(data).length === 0 ? null : data,
    },
  };
}
