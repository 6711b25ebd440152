/**
 * Proxmox VE and Mail Gateway: the API's daemons by syslog, and pveproxy's access log, whose stamp is the common one but for a month in
 * figures behind the day (`[01/03/2026:12:00:00 +0100]`).
 */
import { setPeer } from '../address.ts';
import { withServiceType } from '../application.ts';
import { INFO, NETWORK, PROCESS } from '../ecs.ts';
import { accessLog } from '../http.ts';
import { proxmoxLogin } from '../proxmox-login.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORKER =
  /^(?:worker \d{1,10} (?:started|finished)|starting \d{1,4} worker\(s\)|(?:worker exit|server (?:closing|stopped|shutdown).{0,60}|starting server|restarting server.{0,60}))$/;
const CLIENT = /^problem with client (?:::ffff:)?([\da-fA-F:.]{2,45}); /;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const STAMP = /^([\da-fA-F:.]{2,45} - \S{1,128} \[\d\d\/)(\d\d)(?=\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] ")/;

function access(message: string, line: Line): Parsed | undefined {
  const [head, before = '', month] = STAMP.exec(message) ?? [];
  const name = MONTHS[Number(month) - 1];
  if (head === undefined || name === undefined) return undefined;
  const fields = accessLog(before + name + message.slice(head.length), line)?.fields;
  return fields === undefined ? undefined : { ...fields, 'labels.category': 'webserver' };
}

function daemon(message: string): Draft | undefined {
  if (WORKER.test(message)) return { 'event.category': PROCESS, 'event.type': INFO, 'event.action': 'worker' };
  const client = CLIENT.exec(message)?.[1];
  if (client === undefined) return undefined;
  const draft: Draft = { 'event.category': NETWORK, 'event.type': INFO, 'event.action': 'connection_problem' };
  setPeer(draft, client);
  return draft;
}

export const proxmox = withServiceType({
  name: 'proxmox',
  programs: ['pvedaemon', 'pveproxy', 'pvesh', 'qm', 'pct', 'vzdump', 'pmgdaemon', 'pmgproxy', 'spiceproxy'],
  types: ['pve', 'proxmox-ve', 'pmg'],
  paths: ['/pveproxy/', '/pmgproxy/'],
  dataset: 'proxmox.log',
  product: 'proxmox',
  service: 'proxmox',
  parse: (message, line) => proxmoxLogin(message) ?? daemon(message) ?? access(message, line),
});
