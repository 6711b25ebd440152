/**
 * Mailu's admin container (Flask: `LEVEL in MODULE: TEXT`; `core/admin/mailu/sso/`, `limiter.py`). Since 2024.06 one sentence says how each
 * log-in went, for mail and web alike: `Login attempt for: USER/SERVICE/… from: ADDR/PORT: success|failed: …`.
 */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^(?<level>[A-Z]{4,8}) in (?<logger>\w{1,40}): `;

const row = (has: string, text: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(`${HEAD}${text}$`, 's'),
  fields,
});

export const mailuAdmin = application('mailu-admin', {
  programs: ['mailu-admin', 'mailu_admin'],
  types: ['mailu'],
  ...wordings([
    row(
      ' in limiter: Authentication attempt from ',
      String.raw`Authentication attempt from (?<ip>[\da-fA-F:.]+)(?: for (?<user>.*))? has been (?<reason>rate-limited)\.`,
      LOGIN_FAILED,
    ),
    row(
      ' in base: Login failed for ',
      String.raw`Login failed for (?<user>.*) from (?<ip>[\da-fA-F:.]*[\da-fA-F])\.`,
      LOGIN_FAILED,
    ),
    row(
      ' in base: Login succeeded for ',
      String.raw`Login succeeded for (?<user>.*) from (?<ip>[\da-fA-F:.]*[\da-fA-F])\.`,
      LOGIN_ACCEPTED,
    ),
    row(
      ': Login attempt for: ',
      String.raw`Login attempt for: (?<user>[^\s/]{1,320})/\S{0,60} from: (?<ip>[\da-fA-F:.]+)/\d{1,5}: failed: (?<reason>[\w -]{1,40})(?::.*)?`,
      LOGIN_FAILED,
    ),
    row(
      ': Login attempt for: ',
      String.raw`Login attempt for: (?<user>[^\s/]{1,320})/\S{0,60} from: (?<ip>[\da-fA-F:.]+)/\d{1,5}: success(?::.*)?`,
      LOGIN_ACCEPTED,
    ),
  ]),
});
