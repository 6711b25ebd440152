/**
 * Palo Alto PAN-OS 8 to 11, as CSV by syslog: `1,RECEIVED,SERIAL,TYPE,SUBTYPE,…`. The places of the values are those of the syslog
 * field descriptions; later versions only append.
 */
import { setPeer } from '../address.ts';
import { withServiceType } from '../application.ts';
import { detection, transportOf, verdictBy } from '../detection.ts';
import { CONFIGURATION, HOST, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK } from '../ecs.ts';
import { setUrl } from '../http.ts';
import { valuesOf } from '../rows.ts';
import { stampOf } from '../stamp.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

type Values = readonly string[];
const at = (values: Values, index: number): string => values[index] ?? '';
const put = (draft: Draft, field: string, value: string): void => {
  if (value !== '' && value !== 'N/A') draft[field] = value;
};
const port = (text: string): number | undefined => (/^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined);
const LEVELS = new Map([
  ['informational', 'info'],
  ['low', 'notice'],
  ['medium', 'warning'],
  ['high', 'error'],
  ['critical', 'critical'],
]);

/** What TRAFFIC and THREAT have in common. */
function flow(draft: Draft, values: Values): void {
  setPeer(draft, at(values, 7), port(at(values, 24)));
  setPeer(draft, at(values, 8), port(at(values, 25)), 'destination');
  setUser(draft, 'user', at(values, 12));
  setUser(draft, 'user.target', at(values, 13));
  put(draft, 'network.application', at(values, 14));
  put(draft, 'observer.ingress.zone', at(values, 16));
  put(draft, 'observer.egress.zone', at(values, 17));
  put(draft, 'observer.ingress.interface.name', at(values, 18));
  put(draft, 'observer.egress.interface.name', at(values, 19));
  if (at(values, 29) !== '') draft['network.transport'] = transportOf(at(values, 29));
  for (const [field, index] of [
    ['source.nat.ip', 9],
    ['destination.nat.ip', 10],
  ] as const) {
    const address = at(values, index);
    if (address !== '' && address !== '0.0.0.0' && address !== '::') draft[field] = address;
  }
}

/** `domain\name`. */
function setUser(draft: Draft, field: 'user' | 'user.target', text: string): void {
  const slash = text.indexOf('\\');
  put(draft, `${field}.name`, text.slice(slash + 1));
  if (slash > 0) put(draft, `${field}.domain`, text.slice(0, slash));
}

function traffic(values: Values): Draft {
  const draft: Draft = { ...verdictBy(at(values, 30)), 'labels.category': 'firewall' };
  put(draft, 'rule.name', at(values, 11));
  flow(draft, values);
  for (const [field, index] of [
    ['network.bytes', 31],
    ['source.bytes', 32],
    ['destination.bytes', 33],
    ['network.packets', 34],
  ] as const) {
    if (/^\d{1,15}$/.test(at(values, index))) draft[field] = Number(at(values, index));
  }
  return draft;
}

/** Addresses that a filter let pass or held back are visits; the other kinds are detections. */
function threat(values: Values): Draft {
  const action = at(values, 30);
  const [, name = at(values, 32), id = ''] = /^(.{0,400})\((\d{1,12})\)$/s.exec(at(values, 32)) ?? [];
  const visited = at(values, 4) === 'url';
  const blocked = /^(?:block|drop|reset|deny|sinkhole|random-drop|syncookie)/.test(action);
  const draft = visited
    ? {
        'event.category': ['network', 'web'],
        'event.type': ['access', blocked ? 'denied' : 'allowed'],
        'event.action': 'url_filtered',
      }
    : detection('intrusion_detected', { name, id }, blocked ? 'denied' : 'info');
  flow(draft, values);
  put(draft, 'rule.ruleset', at(values, 11));
  put(draft, 'rule.category', visited ? at(values, 33) : at(values, 4));
  put(draft, 'log.level', LEVELS.get(at(values, 34)) ?? '');
  put(draft, 'user_agent.original', at(values, 46));
  const target = at(values, 31);
  if (visited || at(values, 4) === 'vulnerability' || at(values, 4) === 'spyware') setUrl(draft, target);
  else put(draft, 'file.name', target);
  return draft;
}

/** The account in a message stands between what PAN-OS writes around it. */
const MESSAGES: readonly (readonly [id: RegExp, pattern: RegExp | undefined, fields: Parsed])[] = [
  [
    /^auth-fail$/,
    /^failed authentication for user '(?<user>.*)'\. {1,2}Reason: (?<reason>[^']{1,200}?)(?: auth profile '[^']*')?(?:, .{0,200}?)?[.,] From: (?<ip>[\da-fA-F:.]{2,45}?)\.?$/s,
    LOGIN_FAILED,
  ],
  [/^auth-fail$/, undefined, LOGIN_FAILED],
  [
    /^auth-success$/,
    /^(?:authenticated|When authenticating) .{0,20}?user '(?<user>.*)'.{0,300}? From: (?<ip>[\da-fA-F:.]{2,45}?)\.?$/s,
    LOGIN_ACCEPTED,
  ],
  [/^auth-success$/, undefined, LOGIN_ACCEPTED],
  [
    /^globalprotect(?:portal|gateway)-auth-fail/,
    /^GlobalProtect .{1,80}Login from: (?<ip>[\da-fA-F:.]{2,45}),.{0,120}User name: (?<user>[^,]{0,128}), /s,
    LOGIN_FAILED,
  ],
  [
    /^globalprotect(?:portal|gateway)-auth-succ/,
    /^GlobalProtect .{1,80}Login from: (?<ip>[\da-fA-F:.]{2,45}),.{0,120}User name: (?<user>[^,]{0,128}), /s,
    LOGIN_ACCEPTED,
  ],
  [/^general$/, /^User (?<user>.*) logged in via [\w ]{1,24} from (?<ip>[\da-fA-F:.]{2,45})(?: .*)?$/s, LOGIN_ACCEPTED],
  [/^general$/, /^User (?<user>.*) logged out via [\w ]{1,24} from (?<ip>[\da-fA-F:.]{2,45})(?: .*)?$/s, LOGOUT],
];

function system(values: Values): Draft {
  const [id, text] = [at(values, 8), at(values, 14)];
  const draft: Draft = { 'event.category': HOST, 'event.type': ['info'], 'event.action': id };
  put(draft, 'log.level', LEVELS.get(at(values, 13)) ?? '');
  for (const [wanted, pattern, fields] of MESSAGES) {
    if (!wanted.test(id)) continue;
    const match = pattern?.exec(text);
    if (match === null) continue;
    return { ...draft, ...withGroups(fields, match?.groups ?? {}) };
  }
  return draft;
}

function globalProtect(values: Values): Draft {
  const [stage, status] = [at(values, 9), at(values, 28)];
  const draft: Draft = { 'event.category': NETWORK, 'event.type': ['info'], 'event.action': at(values, 8) };
  if (stage === 'login' && status === 'success') Object.assign(draft, LOGIN_ACCEPTED);
  if (stage === 'login' && status === 'failure') Object.assign(draft, LOGIN_FAILED);
  if (stage === 'logout' && status === 'success') Object.assign(draft, LOGOUT);
  setUser(draft, 'user', at(values, 12));
  put(draft, 'source.domain', at(values, 14));
  const address = at(values, 15) === '0.0.0.0' ? at(values, 16) : at(values, 15);
  setPeer(draft, address);
  put(draft, 'event.reason', at(values, 26));
  return draft;
}

function config(values: Values): Draft {
  const draft: Draft = {
    'event.category': CONFIGURATION,
    'event.type': ['change'],
    'event.action': `config_${at(values, 9)}`,
  };
  setPeer(draft, at(values, 7));
  setUser(draft, 'user', at(values, 10));
  if (at(values, 12) === 'Succeeded') draft['event.outcome'] = 'success';
  if (at(values, 12) === 'Failed') draft['event.outcome'] = 'failure';
  return draft;
}

const KINDS = new Map([
  ['TRAFFIC', traffic],
  ['THREAT', threat],
  ['SYSTEM', system],
  ['GLOBALPROTECT', globalProtect],
  ['CONFIG', config],
]);

function parse(message: string, line: Line): Parsed | undefined {
  const values = valuesOf(message);
  const eventOf = KINDS.get(at(values, 3));
  if (eventOf === undefined || values.length < 10 || !SHAPE.test(message)) return undefined;
  const draft = eventOf(values);
  draft['event.dataset'] = `panw.${at(values, 3).toLowerCase()}`;
  draft['observer.serial_number'] = at(values, 2);
  draft['observer.vendor'] = 'Palo Alto Networks';
  const time = stampOf(at(values, 6), line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

const SHAPE = /^\d{0,4},\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,\w{6,24},[A-Z]{4,16},/;

export const paloAlto = withServiceType({
  name: 'palo-alto',
  programs: ['palo-alto', 'paloalto', 'pan-os'],
  types: ['palo-alto-threat', 'palo-alto-traffic', 'palo-alto-system', 'panos', 'panw'],
  paths: ['/paloalto', '/palo-alto', 'panos.log'],
  signatures: [...KINDS.keys()].map((kind) => ({ has: [`,${kind},`], test: SHAPE })),
  dataset: 'panw.panos',
  product: 'paloalto',
  service: 'panos',
  parse,
});
