/** useradd (shadow-utils, also adduser on Debian): `new user: name=bob, UID=1001, GID=1001, home=/home/bob, shell=/bin/sh, from=/dev/pts/0`. */
import { IAM } from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';
import { membership } from './membership.ts';

const NEW_USER = /^new user: name=([^,]*), UID=(\d+), GID=(\d+), home=([^,]*), shell=([^,]*)(?:, from=(.*))?$/;
const FAILED = /^failed adding user '([^']*)'/;

function newUser(match: RegExpExecArray): Parsed {
  const [, name = '', id = '', group = '', home = '', shell = '', terminal] = match;
  const draft: Draft = {
    'event.category': IAM,
    'event.type': ['user', 'creation'],
    'event.action': 'user_added',
    'event.outcome': 'success',
    'user.name': name,
    'user.id': id,
    'group.id': group,
    'system.auth.useradd.home': home,
    'system.auth.useradd.shell': shell,
  };
  if (terminal !== undefined && terminal !== 'none') draft['system.auth.useradd.from'] = terminal;
  return draft;
}

export const useradd: Parser = {
  name: 'useradd',
  programs: ['useradd', 'adduser'],
  dataset: 'system.auth',
  service: 'auth',
  parse(message) {
    const created = NEW_USER.exec(message);
    if (created !== null) return newUser(created);
    const failed = FAILED.exec(message);
    if (failed === null) return membership(message);
    return {
      'event.category': IAM,
      'event.type': ['user', 'creation'],
      'event.action': 'user_added',
      'event.outcome': 'failure',
      'user.name': failed[1] ?? '',
    };
  },
};
