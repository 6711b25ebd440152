/** What is known of an address besides where it stands: whose device it is, its country and network, whether it is a known scanner. */
import type { FieldValue } from '#contract';
import ipaddr from 'ipaddr.js';
import { type Mmdb, numberIn, openMmdb, textIn, type Value } from './mmdb.ts';
import { type Networks, networksOf } from './networks.ts';
import { scopeOf } from './scope.ts';

/** What the settings name, read: plain values, so that they can be handed to another thread. */
export interface KnownAddresses {
  /** MaxMind DB files; what an earlier one says stands. */
  readonly databases: readonly Uint8Array[];
  /** Address → name. */
  readonly devices: Readonly<Record<string, string>>;
  /** Lines of the lists of scanners. */
  readonly scanners: readonly string[];
}

export interface About {
  /** Fields without their side: `domain`, `geo.country_iso_code`. */
  readonly fields: readonly (readonly [name: string, value: FieldValue])[];
  readonly device: string | undefined;
  readonly scanner: boolean;
}

/** So many addresses are remembered, then all are forgotten. */
const MAX_KNOWN = 8192;
const NOBODY: ReadonlySet<string> = new Set();

export function addressBook(known: KnownAddresses): (address: string) => About | undefined {
  const databases = known.databases.map(openMmdb).filter((database) => database !== undefined);
  const scanners = networksOf(known.scanners);
  const devices = new Map(Object.entries(known.devices).map(([address, name]) => [plain(address), name]));
  const remembered = new Map<string, About | undefined>();
  return (address) => {
    if (remembered.has(address)) return remembered.get(address);
    if (remembered.size >= MAX_KNOWN) remembered.clear();
    const found = address.length > 80 ? undefined : look(address, databases, scanners, devices);
    remembered.set(address, found);
    return found;
  };
}

/** One spelling an address: `::ffff:192.0.2.1` is `192.0.2.1`, `2001:DB8:0::1` is `2001:db8::1`. */
const plain = (address: string): string => (ipaddr.isValid(address) ? ipaddr.process(address).toString() : address);

function look(
  address: string,
  databases: readonly Mmdb[],
  scanners: Networks,
  devices: ReadonlyMap<string, string>,
): About | undefined {
  const device = devices.get(plain(address));
  if (device !== undefined) return { fields: [['domain', device]], device, scanner: false };
  if (scopeOf(address, NOBODY) !== 'public') return undefined;
  const fields = new Map<string, FieldValue>();
  for (const database of databases) {
    for (const [name, value] of fieldsOf(database.find(address))) if (!fields.has(name)) fields.set(name, value);
  }
  const scanner = scanners.has(address);
  return fields.size === 0 && !scanner ? undefined : { fields: [...fields], device, scanner };
}

/** MaxMind's and DB-IP's nesting, and IPinfo's flat names. */
function* fieldsOf(value: Value | undefined): Generator<readonly [string, FieldValue]> {
  if (value === undefined) return;
  const texts = [
    ['geo.country_iso_code', textIn(value, 'country', 'iso_code') ?? textIn(value, 'country_code') ?? code(value)],
    ['geo.country_name', textIn(value, 'country', 'names', 'en') ?? textIn(value, 'country_name')],
    ['geo.continent_code', textIn(value, 'continent', 'code') ?? textIn(value, 'continent_code')],
    ['geo.city_name', textIn(value, 'city', 'names', 'en') ?? textIn(value, 'city')],
    ['as.organization.name', textIn(value, 'autonomous_system_organization') ?? textIn(value, 'as_name')],
  ] as const;
  for (const [name, text] of texts) if (text !== undefined) yield [name, text];
  const number =
    numberIn(value, 'autonomous_system_number') ?? Number(/^AS(\d{1,10})$/.exec(textIn(value, 'asn') ?? '')?.[1]);
  if (Number.isInteger(number)) yield ['as.number', number];
}

function code(value: Value): string | undefined {
  const text = textIn(value, 'country');
  return text !== undefined && /^[A-Z]{2}$/.test(text) ? text : undefined;
}
