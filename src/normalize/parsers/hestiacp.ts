/** HestiaCP and Vesta (`auth.log` of the panel): `STAMP USER ADDR failed to login`, `… successfully logged in`. */
import { isAddress, setPeer } from '../address.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { application } from '../application.ts';
import type { Draft, Parsed } from './parser.ts';

/** The address stands between the name that was tried and the panel's own words. */
const LINE =
  /^(\S.{0,127}) ([\da-fA-F:.]{2,45}) +(?:(failed to (?:login|logged in|log in))|(successfully logged in))(?: \(?(.{1,120}?)\)?)?$/s;

/** A name of one word: sentences of other programs end in such words too. */
const OWN = /^[\w.-]{1,64} [\da-fA-F:.]{2,45} +(?:failed to log(?:in|ged in| in)|successfully logged in)$/;

function parse(message: string): Parsed | undefined {
  const found = LINE.exec(message);
  if (found === null || !isAddress(found[2] ?? '')) return undefined;
  const [, user = '', address = '', failed, , more] = found;
  const draft: Draft = { ...(failed === undefined ? LOGIN_ACCEPTED : LOGIN_FAILED), 'user.name': user };
  setPeer(draft, address);
  if (more !== undefined) draft['event.reason'] = more;
  return draft;
}

export const hestiacp = application('hestiacp', {
  types: ['hestia', 'vestacp', 'vesta'],
  paths: ['/hestia/', '/vesta/'],
  dataset: 'hestiacp.log',
  signatures: [
    { has: [' failed to log'], test: OWN },
    { has: [' successfully logged in'], test: OWN },
  ],
  parse,
});
