/** Monit's web interface (`src/http/processor.c`, `cervlet.c`): who was turned away. In its own log a level and a colon stand in front. */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const HEAD = String.raw`^(?:\[\w{1,5} \w{3} [\d :]{11}\] )?(?:[a-z]{4,8} {0,8}: )?`;

export const monit = application('monit', {
  paths: ['monit.log'],
  ...wordings([
    {
      has: "Warning: Client '",
      pattern: new RegExp(
        String.raw`${HEAD}Warning: Client '(?<ip>[\da-fA-F:.]+)' supplied (?<reason>unknown user|wrong password for user) '(?<user>.*)' accessing monit httpd$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: 'HttpRequest: access denied -- client ',
      pattern: new RegExp(
        String.raw`${HEAD}HttpRequest: access denied -- client \[?(?<ip>[\da-fA-F:.]*[\da-fA-F])\]?: (?<reason>unknown user|wrong password for user) '(?<user>.*)'$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
  ]),
});
