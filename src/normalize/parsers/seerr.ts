/**
 * Overseerr, Jellyseerr and Seerr, which they became (`server/routes/auth.ts`, `server/logger.ts`): `[LEVEL][LABEL]: TEXT {JSON}` on the console
 * and in the file, a record in `.machinelogs.json`. Everything the client chose is in the JSON.
 */
import { type Fields, newFields } from '#contract';
import { setPeer } from '../address.ts';
import { application, PASSWORD_CHANGED, wordOf } from '../application.ts';
import { IAM, LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { jsonRecord } from '../record-in.ts';
import type { Draft, Parsed } from './parser.ts';

const HEAD = /^\[(?<level>\w{3,8})\]\[(?<label>[\w .-]{1,60})\]: (?=\S)/;

/** The beginning of a text → what it means. */
const TEXTS: readonly (readonly [string, Parsed])[] = [
  ['Failed sign-in attempt', LOGIN_FAILED],
  ['Failed login attempt', LOGIN_FAILED],
  ['Sign-in attempt from ', LOGIN_ACCEPTED],
  ['Successfully reset password', PASSWORD_CHANGED],
  [
    'Failed password reset attempt',
    { 'event.category': IAM, 'event.type': ['info'], 'event.action': 'password_reset_refused' },
  ],
  [
    'Successfully sent password reset link',
    { 'event.category': IAM, 'event.type': ['info'], 'event.action': 'password_reset_requested' },
  ],
];

function said(text: string, data: Fields): Parsed | undefined {
  const found = TEXTS.find(([start]) => text.startsWith(start))?.[1];
  if (found === undefined) return undefined;
  const draft: Draft = { ...found };
  const word = (name: string): string | undefined => wordOf(data, name) ?? wordOf(data, `account.${name}`);
  setPeer(draft, word('ip') ?? '');
  const user = word('email') ?? word('username') ?? word('plexUsername') ?? word('jellyfinUsername');
  if (user !== undefined) draft['user.name'] = user;
  const id = word('userId');
  if (id !== undefined) draft['user.id'] = id;
  if (draft['event.outcome'] === 'failure') draft['event.reason'] = text;
  return draft;
}

/** Of the object behind the text only its own values and those one level below are wanted. */
function dataOf(json: string): Fields {
  const data = newFields();
  const object = jsonRecord(json) ?? {};
  const account = object['account'];
  const nested = typeof account === 'object' && account !== null ? Object.entries(account) : [];
  const all = [...Object.entries(object), ...nested.map(([name, value]) => [`account.${name}`, value] as const)];
  for (const [name, value] of all) if (typeof value === 'string' || typeof value === 'number') data[name] = value;
  return data;
}

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const start = head[0].length;
  const brace = message.indexOf(' {"', start);
  const text = message.slice(start, brace === -1 ? undefined : brace);
  const found = said(text, brace === -1 ? newFields() : dataOf(message.slice(brace + 1)));
  const level = levelOf(head.groups?.['level'] ?? '');
  const own = { 'log.logger': head.groups?.['label'] ?? '', ...(level === undefined ? {} : { 'log.level': level }) };
  return { ...own, ...found };
}

function read(record: Fields): Parsed | undefined {
  return record['label'] === undefined ? undefined : said(wordOf(record, 'message') ?? '', record);
}

export const seerr = application('seerr', {
  programs: ['seerr', 'overseerr', 'jellyseerr'],
  paths: ['overseerr', 'jellyseerr', 'seerr'],
  signatures: TEXTS.map(([text]) => ({ starts: '[', has: [`]: ${text}`], test: /^\[\w{3,8}\]\[(?:API|Auth)\]: / })),
  records: [
    {
      keys: ['label', 'message', 'ip'],
      values: { label: /^(?:API|Auth)$/, message: /^(?:Failed (?:sign-in|login) |Sign-in )attempt/ },
    },
  ],
  parse,
  read,
});
