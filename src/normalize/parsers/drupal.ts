/**
 * Drupal's syslog module: `BASE_URL|SECONDS|TYPE|ADDR|URI|REFERER|UID|LINK|TEXT`. The tag is the site's name as a rule. URI and referer are the
 * client's and percent-encoded: a bar in them would move the columns behind, so TEXT is only believed where there are nine.
 */
import { setPeer } from '../address.ts';
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

const SIGNATURE = /^https?:\/\/[^\s|]{1,255}\|\d{9,11}\|[\w ]{1,64}\|[\da-fA-F:.]{2,50}\|/;
const TEXTS: readonly (readonly [RegExp, Parsed])[] = [
  [/^Login attempt failed (?:for|from) (?<user>.*)\.$/s, LOGIN_FAILED],
  [/^Session opened for (?<user>.*)\.$/s, LOGIN_ACCEPTED],
  [/^Session closed for (?<user>.*)\.$/s, LOGOUT],
];

function parse(message: string): Parsed | undefined {
  if (!SIGNATURE.test(message)) return undefined;
  const columns = message.split('|', 10);
  const [, , type = '', address = '', url = '', , , , text = ''] = columns;
  const draft: Draft = { 'log.logger': type };
  setPeer(draft, address);
  setUrl(draft, url);
  if (columns.length !== 9 || type !== 'user') return draft;
  for (const [pattern, fields] of TEXTS) {
    const user = pattern.exec(text)?.groups?.['user'];
    if (user !== undefined) return { ...draft, ...fields, ...(user === address ? {} : { 'user.name': user }) };
  }
  return draft;
}

export const drupal = application('drupal', {
  signatures: [
    { starts: 'http', has: ['|user|', '|Login attempt failed '], test: SIGNATURE },
    { starts: 'http', has: ['|user|'], test: SIGNATURE },
  ],
  parse,
});
