/** Horde and IMP: `[APP] FAILED LOGIN for USER (ADDR) to …`, older `[ADDR]`; since Horde 5 `User USER … login failed`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const TAIL = String.raw` (?:\[|\()(?<ip>[\da-fA-F:.]+)(?:\]|\))(?: \(forwarded for \[[^\]]{0,300}\]\))?(?: to \S[^\n]{0,600})?$`;

export const horde = application('horde', {
  programs: ['horde', 'imp'],
  paths: ['/horde'],
  ...wordings([
    {
      starts: '[',
      has: '] FAILED LOGIN for ',
      pattern: new RegExp(String.raw`^\[(?<logger>\w{2,20})\] FAILED LOGIN for (?<user>\S{1,320})${TAIL}`),
      fields: LOGIN_FAILED,
    },
    {
      starts: '[',
      has: '] Login success for ',
      pattern: new RegExp(String.raw`^\[(?<logger>\w{2,20})\] Login success for (?<user>\S{1,320})${TAIL}`),
      fields: LOGIN_ACCEPTED,
    },
  ]),
});
