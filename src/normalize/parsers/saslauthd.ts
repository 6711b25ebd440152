/** Cyrus's saslauthd: `do_auth : auth failure: [user=U] [service=S] [realm=R] [mech=M] [reason=…]`. It does not know the client's address. */
import { LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parser } from './parser.ts';

export const saslauthd: Parser = {
  name: 'saslauthd',
  programs: ['saslauthd'],
  dataset: 'system.auth',
  service: ['saslauthd', 'auth'],
  namesItself: true,
  ...wordings([
    {
      starts: 'do_auth',
      has: 'auth failure: [user=',
      pattern:
        /^do_auth {1,16}: auth failure: \[user=(?<user>.*)\] \[service=(?<service>[^\]]{0,64})\] \[realm=[^\]]{0,255}\] \[mech=\w{1,32}\] \[reason=(?<reason>[^\]]{1,200})\]$/s,
      fields: LOGIN_FAILED,
    },
  ]),
};
