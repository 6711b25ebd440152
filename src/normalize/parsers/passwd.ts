/** Passwords and accounts changed by their owners or root: passwd, chpasswd, chage, chfn, chsh (shadow-utils and util-linux). */
import { IAM } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const changed = (action: string, outcome: 'success' | 'failure' = 'success'): Parsed => ({
  'event.category': IAM,
  'event.type': ['user', 'change'],
  'event.action': action,
  'event.outcome': outcome,
});
const NAME = String.raw`[^\s']{1,256}`;

export const passwd: Parser = {
  name: 'passwd',
  programs: ['passwd', 'chpasswd', 'chage', 'chfn', 'chsh', 'newusers'],
  namesItself: true,
  dataset: 'system.auth',
  service: 'auth',
  ...wordings([
    {
      starts: "password for '",
      pattern: new RegExp(`^password for '(?<target>${NAME})' changed by '(?<user>${NAME})'$`),
      fields: changed('password_changed'),
    },
    {
      starts: "can't change pwd for ",
      pattern: new RegExp(`^can't change pwd for '(?<user>${NAME})'`),
      fields: changed('password_changed', 'failure'),
    },
    {
      starts: 'password changed for ',
      pattern: new RegExp(`^password changed for (?<user>${NAME})$`),
      fields: changed('password_changed'),
    },
    {
      starts: 'changed password expiry for ',
      pattern: new RegExp(`^changed password expiry for (?<user>${NAME})$`),
      fields: changed('password_expiry_changed'),
    },
    {
      starts: "changed user '",
      has: "' shell to '",
      pattern: new RegExp(`^changed user '(?<user>${NAME})' shell to '`),
      fields: changed('shell_changed'),
    },
    {
      starts: "changed user '",
      has: "' information",
      pattern: new RegExp(`^changed user '(?<user>${NAME})' information`),
      fields: changed('user_changed'),
    },
  ]),
};
