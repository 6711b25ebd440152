/** Group-Office: `LOGIN FAILED for user: "USER" from IP: ADDR`, its stamp in brackets right in front. */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const groupOffice = application('group-office', {
  programs: ['group-office', 'groupoffice'],
  paths: ['groupoffice'],
  ...wordings([
    {
      has: 'LOGIN FAILED for user: "',
      pattern: /^(?:\[[\w, :]{15,40}\])? ?LOGIN FAILED for user: "(?<user>.*)" from IP: (?<ip>[\da-fA-F:.]+)$/s,
      fields: LOGIN_FAILED,
    },
  ]),
});
