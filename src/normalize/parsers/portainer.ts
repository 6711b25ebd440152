/**
 * Portainer: `http error: TEXT (err=…) (code=N)` up to 2.15, since then zerolog's `LVL FILE:LINE > HTTP error | error="…" msg="…" status_code=N`, or the same
 * as a record. Neither says who or from where. A refused log-in answers 422; a 401 is an old session.
 */
import type { Fields } from '#contract';
import { application, wordOf } from '../application.ts';
import { LOGIN_FAILED, toNumber } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { ACCESS_EVENT } from '../http.ts';
import { pairsOf } from '../logfmt.ts';
import type { Draft, Parsed } from './parser.ts';

const OLD = /^http error: (?<msg>[^()\n]{1,300}?)(?: \(err=(?<error>[^\n]{0,500})\))? \(code=(?<code>\d{3})\)$/;
const CONSOLE =
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d[AP]M )?(?<level>[A-Z]{3}) (?:\S{1,200}:\d{1,6} > )?(?<text>[^|\n]{1,300}?) \| /;

function refusal(msg: string, code: string | undefined, error: string | undefined): Parsed {
  const status = toNumber(code);
  const draft: Draft = {
    ...(msg === 'Invalid credentials' ? LOGIN_FAILED : ACCESS_EVENT),
    'event.reason': error ?? msg,
  };
  if (status !== undefined) draft['http.response.status_code'] = status;
  return draft;
}

function parse(message: string): Parsed | undefined {
  const old = OLD.exec(message)?.groups;
  if (old !== undefined) return refusal(old['msg'] ?? '', old['code'], old['error']);
  const head = CONSOLE.exec(message);
  if (head?.groups === undefined || head.groups['text']?.toLowerCase() !== 'http error') return undefined;
  const pairs = pairsOf(message, head[0].length);
  const level = levelOf(head.groups['level'] ?? '');
  const found = refusal(pairs['msg'] ?? '', pairs['status_code'], pairs['error']);
  return level === undefined ? found : { ...found, 'log.level': level };
}

function read(record: Fields): Parsed | undefined {
  const text = wordOf(record, 'message') ?? '';
  if (text.toLowerCase() !== 'http error' || record['status_code'] === undefined) return undefined;
  return refusal(wordOf(record, 'msg') ?? '', wordOf(record, 'status_code'), wordOf(record, 'error'));
}

export const portainer = application('portainer', {
  paths: ['portainer'],
  signatures: [
    { starts: 'http error: Invalid credentials ', has: ['(code=422)'], test: OLD },
    {
      has: [' > HTTP error | ', ' status_code='],
      test: /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d[AP]M )?[A-Z]{3} (?:github\.com\/portainer\/|\.{0,3})\S{1,200}:\d{1,6} > HTTP error \| /,
    },
  ],
  parse,
  read,
});
