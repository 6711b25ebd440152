/** Kasm Workspaces (`api_server_json.log`): python-json-logger's record; `metric_name` says what happened, `request_ip` is a list, the client first. */
import type { Fields } from '#contract';
import { firstOf, setPeer } from '../address.ts';
import { application, LOCKED_OUT, SECOND_FACTOR_FAILED, wordOf } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

/** The message's last words are the name, in brackets of its own. */
const NAMED = /^[A-Za-z, -]{1,80}:? ?\((?<user>.*)\)/s;

function metric(name: string): Parsed | undefined {
  if (name.startsWith('account.login.failed')) {
    if (name.includes('locked')) return { ...LOGIN_FAILED, 'event.reason': 'account locked' };
    return /two_factor|2fa|webauthn/.test(name) ? SECOND_FACTOR_FAILED : LOGIN_FAILED;
  }
  if (name === 'account.login.successful') return LOGIN_ACCEPTED;
  if (name === 'account.locked') return LOCKED_OUT;
  return name === 'account.logout' ? LOGOUT : undefined;
}

function read(record: Fields): Parsed | undefined {
  const name = wordOf(record, 'metric_name');
  const found = name === undefined ? undefined : metric(name);
  if (found === undefined) return undefined;
  const draft: Draft = { ...found };
  setPeer(draft, firstOf(wordOf(record, 'request_ip') ?? ''));
  setUrl(draft, wordOf(record, 'path_info') ?? '');
  const agent = wordOf(record, 'user_agent');
  if (agent !== undefined) draft['user_agent.original'] = agent;
  const user = NAMED.exec(wordOf(record, 'message') ?? '')?.groups?.['user'];
  if (user !== undefined) draft['user.name'] = user;
  const level = wordOf(record, 'levelname');
  if (level !== undefined) draft['log.level'] = level.toLowerCase();
  return draft;
}

export const kasm = application('kasm', {
  programs: ['kasm', 'kasm_api'],
  paths: ['/kasm/'],
  records: [{ keys: ['metric_name', 'request_ip', 'levelname'], values: { metric_name: /^account\./ } }],
  read,
});
