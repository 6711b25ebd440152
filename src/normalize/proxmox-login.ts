/** How Proxmox's products (VE, Backup Server, Mail Gateway) tell of log-ins: `authentication failure; rhost=ADDR user=NAME@REALM msg=TEXT`. */
import { setEndpoint } from './address.ts';
import { CHANGE, LOGIN_ACCEPTED, LOGIN_FAILED } from './ecs.ts';
import type { Draft, Parsed } from './parsers/parser.ts';
import { withGroups } from './wordings.ts';

const FAILURE =
  /^authentication failure; rhost=(\[[\da-fA-F:.%\w]{2,60}\](?::\d{1,5})?|[\da-fA-F:.]{2,60}|\S{1,255}) user=/;
const SUCCESS = /^(?:<[^<>\s]{1,128}> )?successful auth for user '(?<user>[^']{1,128})'$/;
const TASK =
  /^<(?<user>[^<>\s]{1,128})> (?<step>starting|end) task UPID:[\w.-]{1,64}:[\dA-F]{8}:[\dA-F]{8,9}:[\dA-F]{8}:(?<kind>\w{1,32}):(?<id>[^:]{0,128}):[^:\s]{1,128}:(?: (?<result>.{0,500}))?$/s;

export function proxmoxLogin(message: string): Parsed | undefined {
  const failure = FAILURE.exec(message);
  if (failure !== null) return refused(message.slice(failure[0].length), failure[1] ?? '');
  const success = SUCCESS.exec(message);
  return success === null ? task(message) : withGroups(LOGIN_ACCEPTED, success.groups ?? {});
}

/** The message repeats the name, so a name that holds ` msg=` ends where the first one stands. */
function refused(text: string, peer: string): Parsed {
  const end = text.indexOf(' msg=');
  const draft: Draft = { ...LOGIN_FAILED };
  setEndpoint(draft, peer);
  setAccount(draft, end === -1 ? text : text.slice(0, end));
  if (end !== -1) draft['event.reason'] = text.slice(end + 5);
  return draft;
}

/** A task that somebody started: `qmstart` of the machine 100, `vzdump`, `aptupdate`. */
function task(message: string): Parsed | undefined {
  const match = TASK.exec(message);
  if (match === null) return undefined;
  const { user = '', step, kind = '', id = '', result } = match.groups ?? {};
  const ended = step === 'end';
  const draft: Draft = {
    'event.category': ['configuration'],
    'event.type': ended ? ['end'] : CHANGE,
    'event.action': `task_${kind}`,
  };
  setAccount(draft, user);
  if (id !== '') draft['proxmox.task.target'] = id;
  if (ended && result !== undefined)
    draft['event.outcome'] = result === 'OK' || result.startsWith('WARNINGS') ? 'success' : 'failure';
  return draft;
}

function setAccount(draft: Draft, account: string): void {
  if (account !== '') draft['user.name'] = account;
}
