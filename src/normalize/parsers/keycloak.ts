/**
 * Keycloak's event listener (`JBossLoggingEventListenerProvider`): `LEVEL [org.keycloak.events] (THREAD) type=…, realmId=…, …`, the
 * values in quotes since 22. Pairs that the client can fill (`redirect_uri`, `username`) come after `ipAddress`, and the first of two pairs
 * with one name counts.
 */
import { setPeer } from '../address.ts';
import { application, LOCKED_OUT, PASSWORD_CHANGED } from '../application.ts';
import { AUTHENTICATION, CONFIGURATION, IAM, INFO, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { type Pairs, pairsOf } from '../logfmt.ts';
import type { Draft, Parsed } from './parser.ts';

const TYPES: Readonly<Record<string, Parsed>> = {
  LOGIN: LOGIN_ACCEPTED,
  IDENTITY_PROVIDER_LOGIN: LOGIN_ACCEPTED,
  CLIENT_LOGIN: { ...LOGIN_ACCEPTED, 'event.action': 'client_login' },
  LOGIN_ERROR: LOGIN_FAILED,
  IDENTITY_PROVIDER_LOGIN_ERROR: LOGIN_FAILED,
  CLIENT_LOGIN_ERROR: { ...LOGIN_FAILED, 'event.action': 'client_login' },
  LOGOUT,
  UPDATE_PASSWORD: PASSWORD_CHANGED,
  RESET_PASSWORD: PASSWORD_CHANGED,
  REGISTER: { 'event.category': IAM, 'event.type': ['user', 'creation'], 'event.action': 'register' },
  DELETE_ACCOUNT: { 'event.category': IAM, 'event.type': ['user', 'deletion'], 'event.action': 'delete_account' },
  USER_DISABLED_BY_TEMPORARY_LOCKOUT: LOCKED_OUT,
  USER_DISABLED_BY_PERMANENT_LOCKOUT: LOCKED_OUT,
};

/** A LOGIN_ERROR for these is a stale page or a wrong link; nobody tried a name and a password. */
const NO_ATTEMPT = new Set([
  'already_logged_in',
  'client_not_found',
  'cookie_not_found',
  'different_user_authenticated',
  'expired_code',
  'invalid_code',
  'invalid_redirect_uri',
  'invalid_request',
  'rejected_by_user',
  'session_expired',
]);

const HEAD =
  /^(?:(?<level>[A-Z]{4,5}) {1,2})?(?:\[(?<logger>org\.key[\w.]{1,40})\] \([\w .#-]{1,80}\) )?(?=(?:type|operationType)=)/;

function event(pairs: Pairs): Draft {
  const type = pairs['type'] ?? '';
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const other = {
    'event.category': AUTHENTICATION,
    'event.type': INFO,
    'event.action': type.toLowerCase().slice(0, 60),
  };
  const draft: Draft = { ...(NO_ATTEMPT.has(pairs['error'] ?? '') ? other : (known ?? other)) };
  if (pairs['username'] !== undefined) draft['user.name'] = pairs['username'];
  return draft;
}

/** An administrator's change: `operationType=CREATE, …, resourceType=USER, resourcePath=users/ID`. */
const change = (pairs: Pairs): Draft => ({
  'event.category': pairs['resourceType'] === 'USER' || pairs['resourceType'] === 'GROUP' ? IAM : CONFIGURATION,
  'event.type': INFO,
  'event.action': `${pairs['operationType']}_${pairs['resourceType'] ?? ''}`.toLowerCase().slice(0, 60),
});

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const pairs = pairsOf(message, head[0].length, { separator: ', ' });
  if (pairs['realmId'] === undefined) return undefined;
  const draft = pairs['type'] === undefined ? change(pairs) : event(pairs);
  const { userId, ipAddress = '', error, clientId, realmId } = pairs;
  setPeer(draft, ipAddress);
  if (userId !== undefined && userId !== 'null') draft['user.id'] = userId;
  if (error !== undefined) draft['event.reason'] = error;
  draft['keycloak.realm.id'] = realmId;
  if (clientId !== undefined && clientId !== 'null') draft['keycloak.client.id'] = clientId;
  const level = levelOf(head.groups?.['level'] ?? '');
  if (level !== undefined) draft['log.level'] = level;
  return draft;
}

export const keycloak = application('keycloak', {
  programs: ['keycloak', 'kc.sh'],
  paths: ['keycloak'],
  signatures: [
    {
      has: ['org.key', 'realmId='],
      test: /^(?:[A-Z]{4,5} {1,2})?\[org\.key[\w.]{1,40}\] \([\w .#-]{1,80}\) (?:type|operationType)=/,
    },
    { starts: 'type=', has: [', realmId='], test: /^type="?[A-Z_]{3,60}"?, realmId=/ },
  ],
  parse,
});
