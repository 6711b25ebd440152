/**
 * SOGo (`SOGoRootPage`): `Login from 'ADDR' for user 'NAME' might not have worked - …`, its own log's head `sogod [PID]: ` in front. Behind a
 * proxy the address is a list.
 */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const FROM = String.raw`'(?<forwarded>[\da-fA-F:., ]{2,300})'`;

export const sogo = application('sogo', {
  programs: ['sogo', 'sogod'],
  paths: ['/sogo/'],
  ...wordings([
    {
      has: 'SOGoRootPage Login from ',
      pattern: new RegExp(
        String.raw`^(?:\[(?<pid>\d{1,9})\]: )?(?:<\w{3,20}>)?SOGoRootPage Login from ${FROM} for user '(?<user>.*)' might not have worked - [^']{0,300}$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: 'SOGoRootPage successful login from ',
      pattern: new RegExp(
        String.raw`^(?:\[(?<pid>\d{1,9})\]: )?(?:<\w{3,20}>)?SOGoRootPage successful login from ${FROM} for user '(?<user>.*)' - [^']{0,300}$`,
        's',
      ),
      fields: LOGIN_ACCEPTED,
    },
  ]),
});
