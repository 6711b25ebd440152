/** Bitwarden's own server, self-hosted: Identity's `Failed login attempt[, 2FA invalid]. ADDR`. It names no user. */
import { application, SECOND_FACTOR_FAILED } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

/** Serilog's level, or the class that Docker's syslog driver carries. */
const HEAD = String.raw`^(?:\[(?:WRN|Bit\.[\w.]{1,80})\] )?`;

export const bitwarden = application('bitwarden', {
  programs: ['bitwarden', 'bitwarden-identity'],
  paths: ['/bwdata/logs/'],
  ...wordings([
    {
      has: 'Failed login attempt, 2FA invalid. ',
      pattern: new RegExp(String.raw`${HEAD}Failed login attempt, 2FA invalid\. {1,2}(?<ip>[\da-fA-F:.]+)$`),
      fields: SECOND_FACTOR_FAILED,
    },
    {
      has: 'Failed login attempt. ',
      pattern: new RegExp(String.raw`${HEAD}Failed login attempt\. {1,2}(?<ip>[\da-fA-F:.]+)$`),
      fields: LOGIN_FAILED,
    },
  ]),
});
