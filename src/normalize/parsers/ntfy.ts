/**
 * ntfy's server (`log_format: json`, or its text: `LEVEL TEXT (name=value, …)` in alphabetical order). Error 40101 is a refused password or
 * token; 40301 is somebody who may not use the topic, a request like any other that was refused. In the text the client's path may hold
 * anything, so of several pairs with one name the last counts: what comes behind the path is ntfy's own.
 */
import { type Fields, newFields } from '#contract';
import { setPeer } from '../address.ts';
import { application, setWords, wordOf } from '../application.ts';
import { LOGIN_FAILED, toNumber } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

const NAMES = [
  'error',
  'error_code',
  'http_method',
  'http_path',
  'http_status',
  'tag',
  'user_name',
  'visitor_ip',
] as const;

const WORDS = [
  ['http_method', 'http.request.method'],
  ['user_name', 'user.name'],
  ['error', 'event.reason'],
] as const;

function read(record: Fields): Parsed | undefined {
  if (record['tag'] === undefined || wordOf(record, 'visitor_ip') === undefined) return undefined;
  const draft: Draft = { 'log.logger': wordOf(record, 'tag') ?? '' };
  const status = toNumber(wordOf(record, 'http_status'));
  if (wordOf(record, 'http_method') !== undefined) {
    Object.assign(draft, ACCESS_EVENT);
    setUrl(draft, wordOf(record, 'http_path') ?? '');
    setStatus(draft, status);
  }
  if (wordOf(record, 'error_code') === '40101') Object.assign(draft, LOGIN_FAILED);
  setPeer(draft, wordOf(record, 'visitor_ip') ?? '');
  setWords(draft, record, WORDS);
  return draft;
}

function parse(message: string): Parsed | undefined {
  const head = /^(?<level>[A-Z]{4,5}) {1,2}\S/.exec(message);
  if (head === null || !message.endsWith(')')) return undefined;
  const record = newFields();
  for (const name of NAMES) {
    const at = Math.max(message.lastIndexOf(`, ${name}=`), message.lastIndexOf(`(${name}=`));
    if (at === -1) continue;
    const start = message.indexOf('=', at) + 1;
    const comma = message.indexOf(', ', start);
    record[name] = message.slice(start, comma === -1 ? -1 : comma);
  }
  const found = read(record);
  const level = levelOf(head.groups?.['level'] ?? '');
  return found === undefined || level === undefined ? found : { ...found, 'log.level': level };
}

export const ntfy = application('ntfy', {
  paths: ['ntfy'],
  records: [{ keys: ['visitor_ip', 'visitor_id', 'tag'] }],
  signatures: [
    {
      has: [', visitor_ip=', ', visitor_id='],
      test: /^[A-Z]{4,5} {1,2}[^()\n]{1,200}(?: \(ntfy error \d{5}\))? \(\w{1,40}=/,
    },
  ],
  parse,
  read,
});
