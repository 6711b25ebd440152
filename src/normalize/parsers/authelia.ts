/**
 * Authelia (`internal/handlers/response.go`): logrus records, logfmt or JSON, with the request's `method`, `path`, `remote_ip`. Of an
 * attempt with an unknown name it writes two lines, `Unsuccessful …` and `Error occurred getting details …`: the first one counts.
 * Up to 4.38 the reason stood behind the name, now it is in `error`.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, LOGIN_DETAIL, SECOND_FACTOR_ACCEPTED, SECOND_FACTOR_FAILED, wordOf } from '../application.ts';
import { DENIED, LOGIN_ACCEPTED, LOGIN_FAILED, WEB } from '../ecs.ts';
import { setUrl } from '../http.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Parsed } from './parser.ts';

const FAILED =
  /^Unsuccessful (?<factor>[\w -]{1,30}) authentication attempt by user '(?<user>.*)'(?:: (?<reason>[^']*)| and they are banned until [^']*)?$/s;
const ACCEPTED = /^Successful (?<factor>[\w -]{1,30}) authentication attempt made by user '(?<user>.*)'$/s;
const UNKNOWN =
  /^Error occurred getting details for user with username input '(?<user>.*)' which usually indicates they do not exist$/s;
const REFUSED =
  /^Access to (?<url>\S+) \(method (?<method>[A-Z]{1,20})\) is not authorized to user (?<user>\S+)(?:, responding with status code \d{3}\b|$)/;

function said(message: string): Parsed | undefined {
  const failed = FAILED.exec(message)?.groups;
  if (failed !== undefined) return factor(failed, LOGIN_FAILED, SECOND_FACTOR_FAILED);
  const accepted = ACCEPTED.exec(message)?.groups;
  if (accepted !== undefined) return factor(accepted, LOGIN_ACCEPTED, SECOND_FACTOR_ACCEPTED);
  const unknown = UNKNOWN.exec(message)?.groups;
  if (unknown !== undefined) return withGroups(LOGIN_DETAIL, unknown);
  const groups = REFUSED.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const refused = { 'event.category': WEB, 'event.type': DENIED, 'event.action': 'unauthorized_request' };
  return withGroups(refused, { ...groups, user: groups['user'] === '<anonymous>' ? undefined : groups['user'] });
}

function factor(groups: Readonly<Record<string, string | undefined>>, first: Parsed, second: Parsed): Parsed {
  const { factor: method = '', ...rest } = groups;
  return withGroups({ ...(method === '1FA' ? first : second), 'authelia.method': method }, rest);
}

function read(record: Fields): Parsed | undefined {
  const found = said(wordOf(record, 'msg') ?? '');
  if (found === undefined) return undefined;
  const draft: Draft = { ...found };
  setPeer(draft, wordOf(record, 'remote_ip') ?? '');
  const reason = wordOf(record, 'error');
  if (reason !== undefined) draft['event.reason'] ??= reason;
  if (draft['url.original'] !== undefined) return draft;
  const method = wordOf(record, 'method');
  if (method !== undefined) draft['http.request.method'] = method;
  setUrl(draft, wordOf(record, 'path') ?? '');
  return draft;
}

export const authelia = application('authelia', {
  records: [
    { keys: ['remote_ip', 'path', 'msg'], values: { msg: /^(?:Uns|S)uccessful [\w -]{1,30} authentication attempt / } },
    {
      keys: ['remote_ip', 'path', 'msg'],
      values: { msg: /^Access to \S+ \(method [A-Z]{1,20}\) is not authorized to user / },
    },
    {
      keys: ['remote_ip', 'path', 'msg'],
      values: { msg: /^Error occurred getting details for user with username input '/ },
    },
  ],
  read,
});
