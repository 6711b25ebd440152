/**
 * WordPress with WP fail2ban or a plug-in like it: the tag is `wordpress(SITE)`, and only such a tag makes these sentences WordPress's. A
 * blocked attempt never reached the password.
 */
import { application } from '../application.ts';
import { DENIED, LOGIN_ACCEPTED, LOGIN_FAILED, WEB } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const row = (starts: string, rest: string, fields: Wording['fields']): Wording => ({
  starts,
  pattern: new RegExp(`^${starts}${rest}(?<ip>[\\da-fA-F:.]+)$`, 's'),
  fields,
});
const USER = '(?<user>.*) from ';
const probe = { 'event.category': WEB, 'event.type': DENIED, 'event.action': 'user_enumeration' };

const { signatures, parse } = wordings([
  row('Authentication failure for ', USER, LOGIN_FAILED),
  row('Authentication attempt for unknown user ', USER, LOGIN_FAILED),
  row('XML-RPC authentication attempt for unknown user ', USER, LOGIN_FAILED),
  row('XML-RPC authentication failure for ', USER, LOGIN_FAILED),
  row('REST authentication failure for ', USER, LOGIN_FAILED),
  row('Blocked authentication attempt for ', USER, LOGIN_FAILED),
  row('Accepted password for ', USER, LOGIN_ACCEPTED),
  row('Blocked user enumeration attempt from ', '', probe),
]);

export const wordpress = application('wordpress', {
  programs: ['wordpress', 'wp'],
  signatures,
  parse: (message, line) =>
    /^(?:wordpress|wp)(?:\(.*)?$/i.test(line.program ?? 'wp') ? parse(message, line) : undefined,
});
