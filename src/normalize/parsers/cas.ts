/**
 * Apereo CAS's audit trail on one line (`Slf4jLoggingAuditTrailManager`): `DATE|APPLICATION|WHAT|ACTION|WHO|CLIENT|SERVER`. WHAT and WHO
 * hold the name that the client chose; a name with a bar in it moves the columns, so they are then counted from the right.
 */
import { isAddress, setPeer } from '../address.ts';
import { application } from '../application.ts';
import { AUTHENTICATION, INFO, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import type { Draft, Parsed } from './parser.ts';

const HEAD = /^(?:[A-Z]{4,5} {1,2})?\[org\.apereo\.inspektr\.audit\.support\.Slf4jLoggingAuditTrailManager\] - (?:<)?/;

const ACTIONS: Readonly<Record<string, Parsed>> = {
  AUTHENTICATION_SUCCESS: LOGIN_ACCEPTED,
  AUTHENTICATION_FAILED: LOGIN_FAILED,
  TICKET_GRANTING_TICKET_DESTROYED: LOGOUT,
};

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const columns = message.slice(head[0].length).replace(/>$/, '').split('|');
  const [action = '', who = '', client = '', server = ''] = columns.slice(-4);
  if (columns.length < 7 || !/^[A-Z_]{4,60}$/.test(action) || !isAddress(client)) return undefined;
  const other = { 'event.category': AUTHENTICATION, 'event.type': INFO, 'event.action': action.toLowerCase() };
  const draft: Draft = { ...(Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : other) };
  setPeer(draft, client);
  setPeer(draft, server, undefined, 'destination');
  if (who !== '' && who !== 'audit:unknown') draft['user.name'] = who;
  return draft;
}

export const cas = application('cas', {
  programs: ['cas', 'apereo-cas'],
  paths: ['cas_audit'],
  signatures: [{ has: ['[org.apereo.inspektr.audit.support.Slf4jLoggingAuditTrailManager] - '], test: HEAD }],
  parse,
});
