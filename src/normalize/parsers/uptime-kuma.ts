/**
 * Uptime Kuma and Dockge, of one hand (`server/server.js`, `backend/socket-handlers/`): `[MODULE] LEVEL: TEXT IP=ADDR`. The address
 * comes last, so the name in front of it is taken whole.
 */
import { application, LOGIN_ANNOUNCED, SECOND_FACTOR_FAILED } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const row = (has: string, text: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(
    String.raw`^\[(?<logger>AUTH)\] (?<level>[A-Z]{4,5}): ${text} IP=(?<forwarded>[\da-fA-F:., ]+)$`,
    's',
  ),
  fields,
});

export const uptimeKuma = application('uptime-kuma', {
  programs: ['uptime-kuma', 'dockge'],
  paths: ['uptime-kuma'],
  ...wordings([
    row(
      '[AUTH] WARN: Incorrect username or password for user ',
      String.raw`(?<reason>Incorrect username or password) for user (?<user>.*)\.`,
      LOGIN_FAILED,
    ),
    row(
      '[AUTH] WARN: Invalid token provided for user ',
      String.raw`(?<reason>Invalid token provided) for user (?<user>.*)\.`,
      SECOND_FACTOR_FAILED,
    ),
    row(
      '[AUTH] INFO: Successfully logged in user ',
      String.raw`Successfully logged in user (?<user>.*)\.`,
      LOGIN_ACCEPTED,
    ),
    row(
      '[AUTH] INFO: 2FA token required for user ',
      String.raw`2FA token required for user (?<user>.*)\.`,
      LOGIN_ANNOUNCED,
    ),
    row('[AUTH] INFO: Login by ', String.raw`Login by (?:token|username \+ password)\.`, LOGIN_ANNOUNCED),
    row('[AUTH] ERROR: Invalid token. IP=', String.raw`(?<reason>Invalid token)\.`, {
      ...LOGIN_FAILED,
      'event.action': 'token',
    }),
    row('[AUTH] INFO: Invalid token. IP=', String.raw`(?<reason>Invalid token)\.`, {
      ...LOGIN_FAILED,
      'event.action': 'token',
    }),
  ]),
});
