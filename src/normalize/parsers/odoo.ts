/** Odoo (`res_users.py`): `PID LEVEL DATABASE LOGGER: TEXT`, and werkzeug's access lines behind the same head. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { accessLog } from '../http.ts';
import { type Wording, wordings } from '../wordings.ts';
import type { Line, Parsed } from './parser.ts';

const HEAD = String.raw`^(?<pid>\d{1,9}) (?<level>[A-Z]{4,8}) \S{1,80} (?<logger>odoo\.[\w.]{1,120}): `;

const row = (word: string, fields: Wording['fields']): Wording => ({
  has: `: Login ${word} for db:`,
  pattern: new RegExp(String.raw`${HEAD}Login ${word} for db:\S{1,80} login:(?<user>.*) from (?<ip>\S+)$`, 's'),
  fields,
});

const { signatures, parse } = wordings([row('failed', LOGIN_FAILED), row('successful', LOGIN_ACCEPTED)]);

const ACCESS = /^\d{1,9} INFO \S{1,80} werkzeug: /;

function access(message: string, line: Line): Parsed | undefined {
  const head = ACCESS.exec(message);
  return head === null ? undefined : accessLog(message.slice(head[0].length), line)?.fields;
}

export const odoo = application('odoo', {
  programs: ['odoo', 'odoo-bin'],
  paths: ['odoo'],
  signatures: [...signatures, { has: [' werkzeug: '], test: ACCESS }],
  parse: (message, line) => parse(message, line) ?? access(message, line),
});
