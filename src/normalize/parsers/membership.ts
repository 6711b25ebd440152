/** Groups gained, lost, made and removed: useradd, usermod, groupadd and gpasswd all write these the same way. */
import { IAM } from '../ecs.ts';
import type { Parsed } from './parser.ts';

const ADDED = /^add '([^']*)' to (?:shadow )?group '([^']*)'$/;
const REMOVED = /^delete '([^']*)' from (?:shadow )?group '([^']*)'$/;
const GPASSWD = /^user (\S+) (added|removed) by (\S+) (?:to|from) group (\S+)$/;
const NEW_GROUP = /^(?:new group|group added to \S+): name=([^,]*)(?:, GID=(\d+))?$/;
const GONE_GROUP = /^(?:removed (?:shadow )?group '([^']*)' owned by|group '([^']*)' removed)/;

function member(action: string, user: string, group: string): Parsed {
  return {
    'event.category': IAM,
    'event.type': ['group', 'change'],
    'event.action': action,
    'event.outcome': 'success',
    'user.name': user,
    'group.name': group,
  };
}

function groupItself(action: string, type: string, name: string, id: string | undefined): Parsed {
  return {
    'event.category': IAM,
    'event.type': ['group', type],
    'event.action': action,
    'event.outcome': 'success',
    'group.name': name,
    ...(id === undefined ? {} : { 'group.id': id }),
  };
}

export function membership(message: string): Parsed | undefined {
  const added = ADDED.exec(message);
  if (added !== null) return member('group_member_added', added[1] ?? '', added[2] ?? '');
  const removed = REMOVED.exec(message);
  if (removed !== null) return member('group_member_removed', removed[1] ?? '', removed[2] ?? '');
  const changed = GPASSWD.exec(message);
  if (changed !== null) {
    const action = changed[2] === 'added' ? 'group_member_added' : 'group_member_removed';
    return member(action, changed[1] ?? '', changed[4] ?? '');
  }
  const made = NEW_GROUP.exec(message);
  if (made !== null) return groupItself('group_added', 'creation', made[1] ?? '', made[2]);
  const gone = GONE_GROUP.exec(message);
  if (gone !== null) return groupItself('group_removed', 'deletion', gone[1] ?? gone[2] ?? '', undefined);
  return undefined;
}
