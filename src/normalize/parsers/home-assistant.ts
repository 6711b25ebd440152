/**
 * Home Assistant (`homeassistant/components/http/ban.py`) and its Supervisor: `LEVEL (THREAD) [LOGGER] TEXT`. What the client chose, its
 * URL and its user agent, stands behind the address. The name before the address is the reverse look-up's.
 */
import { ADDRESS_BANNED, application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed } from './parser.ts';

const HEAD = String.raw`^(?<level>[A-Z]{4,8}) \([^()\n]{1,60}\) \[(?<logger>[\w.]{1,120})\] `;

const { signatures, parse } = wordings([
  {
    has: '[homeassistant.components.http.ban] Login attempt or request with invalid authentication from ',
    pattern: new RegExp(
      String.raw`${HEAD}Login attempt or request with invalid authentication from (?<hostname>[^\s()]+) \((?<ip>[\da-fA-F:.]+)\)\.?` +
        String.raw`(?: Requested URL: '(?<url>\S*)'\.)?(?: \((?<agent>.*)\)\.?)?$`,
      's',
    ),
    fields: LOGIN_FAILED,
  },
  {
    has: '[homeassistant.components.http.ban] Login attempt or request with invalid authentication from ',
    pattern: new RegExp(
      String.raw`${HEAD}Login attempt or request with invalid authentication from (?<ip>[\da-fA-F:.]*[\da-fA-F])\.?(?:$| )`,
    ),
    fields: LOGIN_FAILED,
  },
  {
    has: '[homeassistant.components.http.ban] Banned IP ',
    pattern: new RegExp(String.raw`${HEAD}Banned IP (?<ip>\S+) for too many login attempts$`),
    fields: ADDRESS_BANNED,
  },
  {
    has: '[supervisor.auth] Unauthorized login for ',
    pattern: new RegExp(String.raw`${HEAD}Unauthorized login for '(?<user>.*)'$`, 's'),
    fields: LOGIN_FAILED,
  },
  {
    has: '[supervisor.auth] Successful login for ',
    pattern: new RegExp(String.raw`${HEAD}Successful login for '(?<user>.*)'$`, 's'),
    fields: LOGIN_ACCEPTED,
  },
  ...['homeassistant', 'supervisor', 'custom_components'].map((root) => ({
    has: `) [${root}.`,
    pattern: new RegExp(HEAD),
    fields: {},
  })),
]);

/** Without a name in the DNS the address stands in its place as well. */
function parseOnce(message: string, line: Line): Parsed | undefined {
  const parsed = parse(message, line);
  if (parsed?.['source.domain'] === undefined || parsed['source.ip'] === undefined) return parsed;
  const { 'source.domain': name, ...rest } = parsed;
  return name === rest['source.ip'] ? rest : parsed;
}

export const homeAssistant = application('home-assistant', {
  programs: ['home-assistant', 'homeassistant', 'hassio_supervisor', 'hass'],
  paths: ['home-assistant.log', '/homeassistant/'],
  signatures,
  parse: parseOnce,
});
