/** Baïkal, a CalDAV and CardDAV server: `user NAME authentication failure for Baikal` through PHP's error log. A name with brackets was taken out by the reporter. */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { phpMessage } from '../php-message.ts';
import type { Parsed } from './parser.ts';

const FAILED = /^user (?<user>.*) authentication failure for Baikal$/s;

function parse(message: string): Parsed | undefined {
  const found = phpMessage(message);
  const user = found === undefined ? undefined : FAILED.exec(found.text)?.groups?.['user'];
  if (found === undefined || user === undefined) return undefined;
  const named = user !== '' && user !== '(name stripped-out)';
  return { ...found.fields, ...LOGIN_FAILED, ...(named ? { 'user.name': user } : {}) };
}

export const baikal = application('baikal', {
  paths: ['baikal'],
  signatures: [
    { starts: '[proxy_fcgi:error] ', has: [" Got error 'PHP message: user ", ' authentication failure for Baikal'] },
    {
      has: [' FastCGI sent in stderr: "PHP message: user ', ' authentication failure for Baikal"'],
      test: /^(?:\[\w{4,6}\] )?\d{1,9}#/,
    },
    {
      starts: 'PHP message: user ',
      has: [' authentication failure for Baikal'],
      test: / authentication failure for Baikal$/,
    },
  ],
  parse,
});
