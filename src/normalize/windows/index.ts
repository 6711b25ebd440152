/** Windows events as the programs that read or ship them write them → ECS. */
import { LIMITS, newFields } from '#contract';
import { fieldOf } from '../fields.ts';
import { stampOf } from '../stamp.ts';
import type { Clock } from '../timestamp.ts';
import type { Line, Parsed, Taken } from '../parsers/parser.ts';
import { setWindowsFields } from './event.ts';
import type { WindowsRecord } from './record.ts';
import { fromText } from './rendered.ts';
import { fromDotted, fromFlat, fromHayabusa, fromWazuh, fromWinlogbeat } from './shippers.ts';
import { fromTree } from './tree.ts';
import { isTree, type Tree } from './values.ts';

/** What `recordOf` asks for at the top of a record; without any of them it is no event of Windows. */
export const WINDOWS_NAMES: readonly string[] = [
  'Event',
  'System',
  'winlog',
  'AllFieldInfo',
  'ExtraFieldInfo',
  'EventID',
  'EventId',
  'EventCode',
  'winlog.event_id',
  'event_id',
  'win',
  'data',
];

/** A few look-ups tell whose shape it is: this is asked of every record that arrives as JSON. */
function recordOf(object: Tree): WindowsRecord | undefined {
  if (isTree(fieldOf(object, 'Event')) || isTree(fieldOf(object, 'System'))) return fromTree(object);
  if (isTree(fieldOf(object, 'winlog'))) return fromWinlogbeat(object);
  if (holds(object, 'AllFieldInfo') || holds(object, 'ExtraFieldInfo')) return fromHayabusa(object);
  if (holds(object, 'EventID') || holds(object, 'EventId') || holds(object, 'EventCode')) return fromFlat(object);
  if (holds(object, 'winlog.event_id') && !holds(object, 'labels.product')) return fromDotted(object);
  if (holds(object, 'event_id') && (holds(object, 'event_data') || holds(object, 'log_name'))) {
    return fromWinlogbeat(object);
  }
  const data = fieldOf(object, 'data');
  return holds(object, 'win') || (isTree(data) && holds(data, 'win')) ? fromWazuh(object) : undefined;
}

const holds = (object: Tree, name: string): boolean => fieldOf(object, name) !== undefined;

/** Its time where it has one; undefined for what is no Windows event. */
export function windowsEvent(object: Tree, clock: Clock, count: (reason: string) => void): Taken | undefined {
  const record = recordOf(object);
  if (record === undefined) return undefined;
  countOdd(record.data, count);
  const whole = isNamed(record.data) ? record : { ...record, data: sameNames(record) };
  return { time: timeOf(record.time, clock), lay: (event) => setWindowsFields(event, whole) };
}

/** `2026 Feb 28 10:15:02`. */
const OSSEC_STAMP = /^(\d{4}) ([A-Z][a-z]{2} [ \d]\d) ([\d:]{8}) /;

/** The same for an event that comes as text. */
export function windowsText(message: string, { clock }: Line): Parsed | undefined {
  const record = fromText(message);
  if (record === undefined) return undefined;
  const draft = newFields();
  setWindowsFields(draft, record);
  const stamp = OSSEC_STAMP.exec(message);
  const time = stamp === null ? undefined : stampOf(`${stamp[2]} ${stamp[1]} ${stamp[3]}`, clock);
  if (time !== undefined) draft['@timestamp'] = time;
  return Object.fromEntries(Object.entries(draft).map(([field, value]) => [field, value ?? null]));
}

const isNamed = (data: WindowsRecord['data']): boolean => data['Data'] === undefined && data['param1'] === undefined;

/** Field names that no honest program has: they are only names here. */
function countOdd(data: WindowsRecord['data'], count: (reason: string) => void): void {
  let fields = 0;
  for (const name in data) {
    if (++fields > LIMITS.fields) {
      count('too_many_fields');
      return;
    }
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') count('reserved_field_name');
  }
}

/** Old evtx_dump writes `2025-10-24 23:41:00.601559 UTC`, Velociraptor seconds, ConvertTo-Json `/Date(1761349260601)/`. */
function timeOf(value: unknown, clock: Clock): number | undefined {
  if (typeof value === 'number') return value > 1e8 ? Math.round(value < 1e11 ? value * 1000 : value) : undefined;
  if (typeof value !== 'string') return undefined;
  const ticks = value.startsWith('/Date(') ? /^\/Date\((\d{9,16})\)\/$/.exec(value) : null;
  if (ticks !== null) return Number(ticks[1]);
  return stampOf(value.endsWith(' UTC') ? `${value.slice(0, -4)}Z` : value, clock);
}

/** Logs from before Vista, but for System and Security, whose events name their data. */
const isClassic = (channel: string): boolean =>
  channel !== 'System' && channel !== 'Security' && !channel.includes('/');

/**
 * Texts without names: Windows gives them none, Winlogbeat calls them param1, param2. In the channel System rules know them as param1, elsewhere
 * as `Data`, a list.
 */
function sameNames({ channel, data }: WindowsRecord): WindowsRecord['data'] {
  const unnamed = data['Data'];
  if (channel === 'System' && unnamed !== undefined) {
    const { Data: _, ...rest } = data;
    const all = Array.isArray(unnamed) ? (unnamed as readonly string[]) : [unnamed];
    return { ...Object.fromEntries(all.map((value, index) => [`param${index + 1}`, value])), ...rest };
  }
  if (!isClassic(channel) || unnamed !== undefined || data['param1'] === undefined) return data;
  const names = Object.keys(data).filter((name) => name !== 'Binary');
  if (!names.every((name) => /^param\d{1,3}$/.test(name))) return data;
  const values = names.toSorted((a, b) => Number(a.slice(5)) - Number(b.slice(5))).map((name) => data[name] ?? '');
  const binary = data['Binary'];
  return {
    Data: values.length === 1 ? (values[0] ?? '') : values.map(String),
    ...(binary === undefined ? {} : { Binary: binary }),
  };
}
