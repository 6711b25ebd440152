/**
 * What the keys of CEF and LEEF mean, whoever writes them (the envelopes: `../cef.ts`). Names are those of ArcSight's and QRadar's
 * dictionaries; UniFi's and FortiGate's own keys are read beside them. What happened is told by the keys that say so (`act`,
 * `outcome`), else by the name of the event's class, which is the vendor's, never by the message.
 */
import type { Fields } from '#contract';
import { isAddress, setPeer } from '../address.ts';
import { setWords, wordOf } from '../application.ts';
import { detection, portOf, setNumbers, transportOf, verdictBy } from '../detection.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK } from '../ecs.ts';
import { setUrl } from '../http.ts';
import { joined } from '../fields.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const pairs = (text: string): (readonly [string, string])[] =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [name = '', field = ''] = pair.split('>');
      return [`cef.extensions.${name}`, field];
    });

/** The first that is there stands: later names overrule earlier ones. */
const WORDS = pairs(`
  externalId>event.code reason>event.reason cat>event.dataset_category deviceInboundInterface>observer.ingress.interface.name
  deviceOutboundInterface>observer.egress.interface.name sntdom>user.domain suid>user.id sproc>process.name spid>process.pid
  requestMethod>http.request.method requestClientApplication>user_agent.original requestContext>http.request.referrer
  fname>file.name filePath>file.path fileHash>file.hash.md5 dvchost>observer.name deviceExternalId>observer.serial_number
  UNIFIdeviceName>observer.name UNIFIpolicyName>rule.ruleset UNIFIclientHostname>source.domain
  UNIFIwifiName>network.name FTNTFGTpolicyid>rule.id FTNTFGTpolicyname>rule.name
`);
const NUMBERS = pairs(
  'in>source.bytes out>destination.bytes fsize>file.size UNIFIbytesReceived>destination.bytes UNIFIbytesSent>source.bytes',
);
const USERS = ['suser', 'duser', 'UNIFIadmin', 'FTNTFGTuser', 'usrName'];
const SOURCES = ['src', 'sourceTranslatedAddress', 'FTNTFGTremip', 'c6a2', 'UNIFIclientIp'];
const TIMES = ['UNIFIutcTime', 'rt', 'end', 'start', 'deviceReceiptTime'];

const FAILED = /\b(?:fail(?:ed|ure)?|denied|rejected|invalid|unsuccessful|incorrect)\b/i;
const LOGIN = /\b(?:log[ -]?[io]n|logon|logged in|sign[ -]?in|auth|authenticat\w{1,6}|accessed)\b/i;
const LOGOFF = /\b(?:log[ -]?(?:out|off)|logged (?:out|off)|sign[ -]?out)\b/i;
const ATTACK = /\b(?:threat|intrusion|attack|exploit|malware|virus|ips|ids|botnet|scan)\b/i;

type Value = (name: string) => string | undefined;

/** A log-in has a user or an address and says whether it worked: by its outcome, else by the class's own words. */
function login(name: string, value: Value): Draft | undefined {
  const outcome = value('outcome') ?? value('act') ?? '';
  if (LOGOFF.test(name)) return { ...LOGOUT };
  if (!LOGIN.test(name) && !/^(?:ssl-)?log[io]n/.test(outcome)) return undefined;
  const failed = FAILED.test(name) || FAILED.test(outcome.replaceAll('-', ' ')) || outcome.endsWith('-fail');
  return { ...(failed ? LOGIN_FAILED : LOGIN_ACCEPTED) };
}

function eventOf(name: string, value: Value): Draft {
  const act = value('act') ?? '';
  const category = `${value('cat') ?? ''} ${value('UNIFIsubCategory') ?? ''}`;
  const signature = value('UNIFIipsSignature') ?? value('FTNTFGTattack');
  if (signature !== undefined || ATTACK.test(name) || ATTACK.test(category)) {
    const id = value('UNIFIipsSignatureId') ?? value('FTNTFGTattackid');
    const denied = /^(?:block|drop|den|reject|reset|prevent)/i.test(act);
    return detection(
      'intrusion_detected',
      { name: signature ?? name, ...(id === undefined ? {} : { id }) },
      denied ? 'denied' : 'info',
    );
  }
  const signedIn = login(name, value);
  if (signedIn !== undefined) return signedIn;
  if (value('src') !== undefined && value('dst') !== undefined && act !== '') {
    return { ...verdictBy(act), 'labels.category': 'firewall' };
  }
  if (/\b(?:config\w{0,10}|settings?) (?:changed|modified|updated)|\bmodified\b/i.test(name)) {
    return { 'event.category': CONFIGURATION, 'event.type': ['change'], 'event.action': 'configuration_change' };
  }
  const action = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 80);
  return { 'event.category': NETWORK, 'event.type': ['info'], 'event.action': action === '' ? 'event' : action };
}

function setSides(draft: Draft, record: Fields, value: Value): void {
  const source = SOURCES.map(value).find((text) => text !== undefined && isAddress(text)) ?? value('shost') ?? '';
  setPeer(draft, source, portOf(record, 'cef.extensions.spt'));
  setPeer(draft, value('dst') ?? value('dhost') ?? '', portOf(record, 'cef.extensions.dpt'), 'destination');
  const user = USERS.map(value).find((text) => text !== undefined && text !== 'N/A');
  if (user !== undefined) draft['user.name'] = user;
  if (value('suser') !== undefined && value('duser') !== undefined) draft['user.target.name'] = value('duser') ?? '';
  for (const [name, field] of [
    ['smac', 'source.mac'],
    ['dmac', 'destination.mac'],
  ] as const) {
    const mac = value(name);
    if (mac !== undefined && /^[\da-f:-]{17}$/i.test(mac)) draft[field] = mac.replaceAll(':', '-').toUpperCase();
  }
  const protocol = value('proto');
  if (protocol !== undefined && protocol.length <= 16) draft['network.transport'] = transportOf(protocol);
}

/** Of names that stand in this file. */
const extension = joined('cef.extensions.');

function readCef(record: Fields, line: Line): Parsed {
  const value: Value = (name) => wordOf(record, extension(name));
  const name = wordOf(record, 'cef.name') ?? '';
  const draft = eventOf(name, value);
  const rule = draft['rule.name'];
  setWords(draft, record, WORDS);
  delete draft['event.dataset_category'];
  if (rule !== undefined) draft['rule.name'] = rule;
  const application = value('app');
  if (application !== undefined) draft['network.protocol'] = application.toLowerCase();
  setNumbers(draft, record, NUMBERS);
  setSides(draft, record, value);
  const request = value('request');
  if (request !== undefined) setUrl(draft, request);
  const severity = wordOf(record, 'cef.severity') ?? '';
  if (/^\d{1,2}$/.test(severity)) draft['event.severity'] = Number(severity);
  draft['event.code'] = wordOf(record, 'cef.device.event_class_id') ?? null;
  const message = value('msg');
  if (message !== undefined) draft['message'] = message;
  const time = TIMES.map(value).map((text) => (text === undefined ? undefined : stampOf(text, line.clock)));
  return about(
    draft,
    record,
    'cef',
    line,
    time.find((found) => found !== undefined),
  );
}

/** Who wrote it: where the envelope names nobody, the vendor. */
function about(draft: Draft, record: Fields, prefix: string, line: Line, time: number | undefined): Parsed {
  const vendor = wordOf(record, `${prefix}.device.vendor`);
  const product = wordOf(record, `${prefix}.device.product`);
  if (vendor !== undefined) draft['observer.vendor'] = vendor;
  if (product !== undefined) draft['observer.product'] = product;
  if (vendor !== undefined) draft['labels.product'] = vendor.toLowerCase();
  if (product !== undefined) draft['labels.service'] = product.toLowerCase();
  if (line.program === undefined && vendor !== undefined) draft['process.name'] ??= vendor;
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

const LEEF_WORDS = [
  ['leef.event_id', 'event.code'],
  ['leef.extensions.policy', 'rule.name'],
  ['leef.extensions.reason', 'event.reason'],
  ['leef.extensions.domain', 'user.domain'],
  ['leef.extensions.usrName', 'user.name'],
  ['leef.extensions.identHostName', 'source.domain'],
] as const;

function readLeef(record: Fields, line: Line): Parsed {
  const value: Value = (name) => wordOf(record, `leef.extensions.${name}`);
  const named = `${wordOf(record, 'leef.event_id') ?? ''} ${value('cat') ?? ''}`.replace(/[_-]+/g, ' ');
  const draft = eventOf(named, (name) => (name === 'act' ? (value('action') ?? value('act')) : value(name)));
  setWords(draft, record, LEEF_WORDS);
  setPeer(draft, value('src') ?? '', portOf(record, 'leef.extensions.srcPort'));
  setPeer(draft, value('dst') ?? '', portOf(record, 'leef.extensions.dstPort'), 'destination');
  const protocol = value('proto');
  if (protocol !== undefined && protocol.length <= 16) draft['network.transport'] = transportOf(protocol);
  setNumbers(draft, record, [
    ['leef.extensions.srcBytes', 'source.bytes'],
    ['leef.extensions.dstBytes', 'destination.bytes'],
  ]);
  const url = value('url');
  if (url !== undefined) setUrl(draft, url);
  return about(draft, record, 'leef', line, stampOf(value('devTime') ?? '', line.clock));
}

export const cef: Parser = {
  name: 'cef',
  programs: [],
  types: ['leef', 'unifi-cef'],
  records: [{ keys: ['cef.device.vendor', 'cef.name'] }, { keys: ['leef.device.vendor', 'leef.event_id'] }],
  dataset: 'cef.log',
  product: 'cef',
  service: 'cef',
  read(record, line) {
    if (record['cef.device.vendor'] !== undefined) return readCef(record, line);
    return record['leef.device.vendor'] === undefined ? undefined : readLeef(record, line);
  },
};
