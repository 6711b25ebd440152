/** usermod and userdel (shadow-utils): accounts changed, locked and removed. */
import { IAM } from '../ecs.ts';
import type { Parsed, Parser } from './parser.ts';
import { membership } from './membership.ts';

const CHANGES: readonly (readonly [pattern: RegExp, action: string, type: string])[] = [
  [/^delete user '([^']*)'$/, 'user_removed', 'deletion'],
  [/^change user '([^']*)' password$/, 'password_changed', 'change'],
  [/^lock user '([^']*)' password$/, 'user_locked', 'change'],
  [/^unlock user '([^']*)' password$/, 'user_unlocked', 'change'],
  [/^change user name '([^']*)' to /, 'user_changed', 'change'],
  [/^change user '([^']*)' /, 'user_changed', 'change'],
  [/^changed password expiry for (\S+)$/, 'user_changed', 'change'],
];

function parse(message: string): Parsed | undefined {
  for (const [pattern, action, type] of CHANGES) {
    const match = pattern.exec(message);
    if (match === null) continue;
    return {
      'event.category': IAM,
      'event.type': ['user', type],
      'event.action': action,
      'event.outcome': 'success',
      'user.name': match[1] ?? '',
    };
  }
  return membership(message);
}

export const usermod: Parser = {
  name: 'usermod',
  programs: ['usermod', 'userdel', 'deluser'],
  dataset: 'system.auth',
  service: 'auth',
  parse,
};
