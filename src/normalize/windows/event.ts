/**
 * A Windows record → ECS fields. The names are those of Elastic's Windows modules, so that saved searches and dashboards fit.
 *
 * - Data with an ECS name for the same value lies there alone (`Image` → process.executable). Where ECS's value is another (a number's
 *   form, a name taken apart, a list of hashes), the raw one stays under `winlog.event_data`, where rules find it.
 * - What Windows leaves empty or writes as `-` gets no ECS name, and stays raw.
 * - `message` is one sentence of ours; Windows' own text, where a sender had it made, is `winlog.message`.
 */
import type { Fields } from '#contract';
import { channelOf } from './channels.ts';
import type { Entry, Provider } from './entry.ts';
import { providerOf } from './providers.ts';
import { type Data, numberIn, short, unnamed, type WindowsRecord } from './record.ts';
import { levelName } from './values.ts';

/** Where a value of the data lies: under its own name, or, where it says something and ECS has a name for just that, there. */
interface Place {
  readonly raw: string;
  readonly field: string | undefined;
}

/**
 * Places by name, of each kind of event. A name that a table does not have costs ten times one that a map does not have, and most are
 * in no table. Names come from outside: so many are remembered, then all are forgotten.
 */
type Places = Map<string, Place>;
const MAX_PLACES = 4096;
const NO_PROVIDER: Pick<Provider, 'moves'> = {};
const placesOf = new Map<Pick<Provider, 'moves'>, Map<Entry | undefined, Places>>();
let remembered = 0;

function placesFor(provider: Pick<Provider, 'moves'>, entry: Entry | undefined): Places {
  let byEntry = placesOf.get(provider);
  if (byEntry === undefined) placesOf.set(provider, (byEntry = new Map()));
  let found = byEntry.get(entry);
  if (found === undefined) byEntry.set(entry, (found = new Map()));
  return found;
}

function newPlace(name: string, provider: Pick<Provider, 'moves'>, entry: Entry | undefined): Place {
  const place = { raw: `winlog.event_data.${name}`, field: moved(entry?.moves, name) ?? moved(provider.moves, name) };
  if (remembered++ >= MAX_PLACES) {
    placesOf.clear();
    remembered = 0;
  }
  placesFor(provider, entry).set(name, place);
  return place;
}

const moved = (moves: Readonly<Record<string, string>> | undefined, name: string): string | undefined =>
  moves !== undefined && Object.hasOwn(moves, name) ? moves[name] : undefined;

const NUMBERS: ReadonlySet<string> = new Set(['process.pid', 'process.parent.pid']);

/** Sets everything but the time. */
export function setWindowsFields(draft: Fields, record: WindowsRecord): void {
  const { data, code, provider: name, channel } = record;
  const provider = providerOf(name, channel);
  const entry = provider?.events[code];
  for (const field in record.said) draft[field] = record.said[field];
  setEnvelope(draft, record, provider);
  if (entry !== undefined) setMeaning(draft, entry, data);
  setOutcome(draft, record, entry);
  putData(draft, data, provider ?? NO_PROVIDER, entry);
  provider?.set?.(draft, data, entry, record);
  entry?.set?.(draft, data, record);
  const said = record.rendered !== undefined && isEmpty(data) ? undefined : entry?.say(data, draft)?.trim();
  draft['message'] = said === undefined || said === '' ? untold(record) : said;
  if (record.rendered !== undefined && record.rendered !== draft['message']) draft['winlog.message'] = record.rendered;
}

function setEnvelope(draft: Fields, record: WindowsRecord, provider: Provider | undefined): void {
  const { service, dataset } = channelOf(record.channel);
  const code = String(record.code);
  draft['event.kind'] = 'event';
  draft['event.code'] = code;
  if (record.provider !== '') draft['event.provider'] = record.provider;
  draft['event.dataset'] = dataset;
  draft['labels.product'] = provider?.product ?? 'windows';
  draft['labels.service'] = service;
  draft['winlog.channel'] = record.channel;
  if (record.provider !== '') draft['winlog.provider_name'] = record.provider;
  draft['winlog.event_id'] = code;
  if (record.computer !== undefined) {
    draft['host.name'] = record.computer;
    draft['winlog.computer_name'] = record.computer;
  }
  let field: keyof WindowsRecord['envelope'];
  for (field in record.envelope) {
    const value = record.envelope[field];
    if (value !== undefined) draft[field] = value;
  }
  if (record.keywords.length > 0) draft['winlog.keywords'] = record.keywords;
  if (record.level !== undefined) draft['winlog.level'] = record.level;
  const level = levelName(record.level);
  if (level !== undefined) draft['log.level'] = level;
}

function setMeaning(draft: Fields, entry: Entry, data: Data): void {
  draft['event.action'] = entry.action;
  if (entry.category.length > 0) draft['event.category'] = entry.category;
  if (entry.type.length > 0) draft['event.type'] = entry.type;
  const label = typeof entry.label === 'function' ? entry.label(data) : entry.label;
  if (label !== undefined) draft['labels.category'] = label;
}

/** The audit says itself whether it was allowed; else what the event means. */
function setOutcome(draft: Fields, { keywords }: WindowsRecord, entry: Entry | undefined): void {
  if (keywords.includes('Audit Failure')) draft['event.outcome'] = 'failure';
  else if (keywords.includes('Audit Success')) draft['event.outcome'] = 'success';
  else if (entry?.outcome !== undefined) draft['event.outcome'] = entry.outcome;
}

/** Then Windows' own text, where there is one, says more than we could. */
function isEmpty(data: Data): boolean {
  for (const _ in data) return false;
  return true;
}

function putData(draft: Fields, data: Data, provider: Pick<Provider, 'moves'>, entry: Entry | undefined): void {
  const known = placesFor(provider, entry);
  for (const name in data) {
    const value = data[name] ?? null;
    const { raw, field } = known.get(name) ?? newPlace(name, provider, entry);
    if (field === undefined || typeof value !== 'string' || value === '' || value === '-') draft[raw] = value;
    else if (NUMBERS.has(field)) draft[field] = numberIn(value) ?? value;
    else draft[field] = value;
  }
}

/** An event that no table knows: Windows' words, or those that the program gave it, or its number. */
function untold(record: WindowsRecord): string {
  const own =
    record.rendered ??
    [0, 1, 2]
      .map((index) => unnamed(record.data, index))
      .filter((one) => one !== undefined)
      .join(' ');
  if (own !== '') return short(own, 1000);
  return `Event ${record.code} of ${record.provider === '' ? record.channel : record.provider}`;
}
