/** BookStack with `LOG_FAILED_LOGIN_MESSAGE` (`ActivityLogger`): `Failed login for NAME` through PHP's error log. The sentence is the owner's choice; this is the documentation's. */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { phpMessage } from '../php-message.ts';
import type { Parsed } from './parser.ts';

const START = 'Failed login for ';

function parse(message: string): Parsed | undefined {
  const found = phpMessage(message);
  if (found?.text.startsWith(START) !== true) return undefined;
  return { ...found.fields, ...LOGIN_FAILED, 'user.name': found.text.slice(START.length) };
}

export const bookstack = application('bookstack', {
  paths: ['bookstack'],
  signatures: [
    { starts: '[proxy_fcgi:error] ', has: [` Got error 'PHP message: ${START}`] },
    {
      has: [` FastCGI sent in stderr: "PHP message: ${START}`],
      test: /^(?:\[\w{4,6}\] )?\d{1,9}#\d{1,9}: \*\d{1,12} FastCGI sent in stderr: "/,
    },
  ],
  parse,
});
