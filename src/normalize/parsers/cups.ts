/** CUPS: error_log (`E [STAMP] text`) and syslog. Its access_log is that of any web server. */
import { LOGIN_FAILED, PROCESS } from '../ecs.ts';
import { readStamp } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed, Parser } from './parser.ts';

const LEVELS = new Map([
  ['X', 'emergency'],
  ['A', 'alert'],
  ['C', 'critical'],
  ['E', 'error'],
  ['W', 'warning'],
  ['N', 'notice'],
  ['I', 'info'],
  ['D', 'debug'],
  ['d', 'debug'],
]);
const HEAD = /^([XACEWNIDd]) \[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8}(?: [+-]\d{4})?\] /;
const CLIENT = String.raw`^(?:\[Client (?<session>\d{1,9})\] )?`;

const { parse: worded } = wordings([
  {
    has: 'pam_authenticate() returned ',
    pattern: new RegExp(`${CLIENT}pam_authenticate\\(\\) returned \\d{1,3} \\((?<reason>[^()]{1,100})\\)`),
    fields: LOGIN_FAILED,
  },
  {
    has: 'Authorized as ',
    pattern: new RegExp(`${CLIENT}(?:cupsdAuthorize: )?Authorized as (?<user>.{1,128}) using \\w{1,16}\\.?$`),
    fields: {
      'event.category': ['authentication'],
      'event.type': ['start'],
      'event.action': 'login',
      'event.outcome': 'success',
    },
  },
  {
    starts: '[Job ',
    has: 'Queued on ',
    pattern: /^\[Job (?<session>\d{1,9})\] Queued on "(?<device>[^"]{1,128})" by "(?<user>.{1,128})"\.?$/,
    fields: { 'event.category': PROCESS, 'event.type': ['start'], 'event.action': 'print_job' },
  },
  {
    starts: 'Request from ',
    pattern: /^Request from "(?<ip>[^"\s]{2,255})" using invalid Host: field/,
    fields: { 'event.category': ['web'], 'event.type': ['denied'], 'event.action': 'host_refused' },
  },
]);

export const cups: Parser = {
  name: 'cups',
  programs: ['cupsd', 'cups-browsed', 'cups'],
  paths: ['/cups/error_log'],
  dataset: 'cups.log',
  service: ['cups', 'syslog'],
  signatures: [
    { has: ['] [Client ', '] pam_authenticate() returned '], test: HEAD },
    { has: ['] [Job ', '] Queued on "'], test: HEAD },
  ],
  parse(message: string, line: Line): Parsed | undefined {
    const head = HEAD.exec(message);
    const said = worded(head === null ? message : message.slice(head[0].length), line);
    const level = LEVELS.get(head?.[1] ?? '');
    if (said === undefined || level === undefined) return said;
    const stamp = readStamp(message, 3, line.clock);
    return { ...said, 'log.level': level, ...(stamp === undefined ? {} : { '@timestamp': stamp.time }) };
  },
};
