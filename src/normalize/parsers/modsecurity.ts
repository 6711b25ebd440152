/**
 * ModSecurity's own logs: the audit log as JSON (libmodsecurity 3: `transaction.client_ip`; version 2: `transaction.remote_address`), its
 * serial form in parts, and what it writes into the error logs of nginx and Apache (`web/firewall-rule.ts`).
 *
 * The serial form is many lines a transaction: `--ID-A--`, then ID and addresses, `--ID-B--`, the request, … , `--ID-H--`, the rules. Each
 * line is an event of its own. The client of part A and the request of part B are kept for the lines that follow under the same ID:
 * one transaction a source.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { wordOf } from '../application.ts';
import { INFO, toNumber, WEB } from '../ecs.ts';
import { ACCESS_EVENT, header, setRequest, setUrl } from '../http.ts';
import type { Memory } from '../memory.ts';
import { stampOf } from '../stamp.ts';
import { apacheError } from '../web/apache-error.ts';
import { firewallRule } from '../web/firewall-rule.ts';
import { nginxError } from '../web/nginx-error.ts';
import { auditRules, setRule } from '../web/audit-rules.ts';
import { accessOf, webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const BOUNDARY = /^-{2,3}([\da-zA-Z]{8})-{1,3}([A-K]|Z)--$/;
const CLIENT = /^([\w@.-]{10,40}) ([\da-fA-F:.]{2,45}) (\d{1,5}) ([\da-fA-F:.]{2,60}) (\d{1,5})$/;
const INTERCEPTED = /^Action: Intercepted \(phase \d\)$/;

/** What the servers themselves write in front of it. */
const IN_NGINX = /^\[[a-z]{4,6}\] \d{1,10}#\d{1,10}: \*\d{1,20} (?:\[client [^\]\s]{2,80}\] )?ModSecurity: /;
const IN_APACHE =
  /^\[(?:[a-z_\d]{0,40}:)?[a-z\d]{4,6}\] (?:\[pid \d{1,10}(?::tid \d{1,20})?\] )?(?:\[(?:client|remote) [^\]\s]{2,90}\] ){1,2}ModSecurity: /;

/** A part that is longer has lost its end. */
const MOST_LINES = 10_000;

interface Transaction {
  readonly id: string;
  readonly part: string;
  /** Lines of this part so far. */
  lines: number;
  /** What part A and B said, for the lines after them. */
  readonly known: Draft;
}
const transactions = new WeakMap<Memory, Transaction>();

const audit = (draft: Draft): Draft => ({
  'event.category': WEB,
  'event.type': INFO,
  'event.dataset': 'modsecurity.audit',
  ...draft,
});

function serial(message: string, memory: Memory): Parsed | undefined {
  const [, id, part = 'Z'] = BOUNDARY.exec(message) ?? [];
  const open = transactions.get(memory);
  // The id is random: within a transaction another one stands in what the client sent.
  if (id !== undefined && (open === undefined || open.id === id || open.lines > MOST_LINES)) {
    if (part === 'Z') transactions.delete(memory);
    else transactions.set(memory, { id, part, lines: 0, known: open?.id === id && part !== 'A' ? open.known : {} });
    return audit({ 'event.action': 'audit_part' });
  }
  if (open === undefined) return undefined;
  open.lines++;
  if (open.lines === 1 && open.part === 'A') return client(message, open.known);
  if (open.lines === 1 && open.part === 'B') {
    setRequest(open.known, message);
    return audit({ ...open.known, ...ACCESS_EVENT });
  }
  if (open.part !== 'H') return audit({ 'event.action': 'audit_part' });
  const rule = firewallRule(`ModSecurity: ${message.replace(/^Message: /, '')}`);
  if (message.startsWith('Message: ') && rule !== undefined) return audit({ ...open.known, ...rule.fields });
  if (!INTERCEPTED.test(message)) return audit({ 'event.action': 'audit_part' });
  return audit({ ...open.known, 'event.action': 'request_denied', 'event.type': ['denied'] });
}

function client(message: string, known: Draft): Parsed | undefined {
  const found = CLIENT.exec(message);
  if (found === null) return undefined;
  known['http.request.id'] = found[1] ?? '';
  setPeer(known, found[2] ?? '', Number(found[3]));
  setPeer(known, found[4] ?? '', Number(found[5]), 'destination');
  return audit({ ...known, 'event.action': 'audit_transaction' });
}

function read(record: Fields, line: Line): Parsed | undefined {
  const said = (name: string): string | undefined => wordOf(record, name);
  const address = said('transaction.client_ip') ?? said('transaction.remote_address');
  if (address === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'event.dataset': 'modsecurity.audit' };
  setPeer(draft, address, toNumber(said('transaction.client_port') ?? said('transaction.remote_port')));
  const time = stampOf(said('transaction.time_stamp') ?? said('transaction.time') ?? '', line.clock);
  if (time !== undefined) draft['@timestamp'] = time;
  const server = said('transaction.host_ip') ?? said('transaction.local_address') ?? '';
  setPeer(draft, server, toNumber(said('transaction.host_port') ?? said('transaction.local_port')), 'destination');
  const request = said('request.request_line');
  if (request !== undefined) setRequest(draft, request);
  setUrl(draft, said('transaction.request.uri') ?? '');
  const status = toNumber(said('transaction.response.http_code') ?? said('response.status'));
  if (status !== undefined) draft['http.response.status_code'] = status;
  const words = [
    ['http.request.method', said('transaction.request.method')],
    ['http.version', said('transaction.request.http_version')],
    ['http.request.id', said('transaction.unique_id') ?? said('transaction.transaction_id')],
    ['user_agent.original', headerOf(record, 'User-Agent')],
    ['http.request.referrer', headerOf(record, 'Referer')],
    ['url.domain', headerOf(record, 'Host')?.replace(/:\d{1,5}$/, '')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined) draft[field] = value;
  const denied = record['audit_data.action.intercepted'] === true || record['transaction.is_interrupted'] === true;
  setRule(draft, auditRules(record), denied);
  return draft;
}

function headerOf(record: Fields, name: string): string | undefined {
  for (const place of ['transaction.request.headers', 'request.headers']) {
    const value = header(record, `${place}.${name}`) ?? header(record, `${place}.${name.toLowerCase()}`);
    if (value !== undefined) return value;
  }
  return undefined;
}

function parse(message: string, line: Line): Parsed | undefined {
  const rule = firewallRule(message);
  if (rule !== undefined) {
    if (rule.client !== undefined) setPeer(rule.fields, rule.client);
    return rule.fields;
  }
  return (
    nginxError(message) ??
    apacheError(message) ??
    serial(message, line.memory) ??
    accessOf('modsecurity', message, line)?.fields
  );
}

export const modsecurity = webServer('modsecurity', {
  types: ['modsec', 'modsec2', 'modsec3', 'coraza'],
  paths: ['modsec_audit', '/modsecurity/', '/modsec/', 'modsec'],
  product: 'linux',
  signatures: [
    ...'A B C E F H I J K Z'.split(' ').map((part) => ({ has: [`-${part}--`], test: BOUNDARY })),
    { has: [' ModSecurity: ', '[file "', '[id "'], test: IN_NGINX },
    { has: ['] ModSecurity: ', '[file "', '[id "'], test: IN_APACHE },
    { starts: 'ModSecurity: ', has: ['[file "', '[id "'] },
    { starts: 'Coraza: ', has: ['[file "', '[id "'] },
    { starts: '[client ', has: ['] ModSecurity: ', '[file "'], test: /^\[client [^\]\s]{2,80}\] ModSecurity: / },
    { starts: '[client ', has: ['] Coraza: ', '[file "'], test: /^\[client "?[^\]\s"]{2,80}"?\] Coraza: / },
  ],
  records: [
    { keys: ['transaction.client_ip', 'transaction.unique_id'] },
    { keys: ['transaction.remote_address', 'transaction.transaction_id'] },
    { keys: ['transaction.client_ip', 'transaction.request.uri'] },
  ],
  parse,
  read,
});
