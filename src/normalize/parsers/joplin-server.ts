/**
 * Joplin Server: `[LEVEL] App: STATUS: METHOD PATH: ADDR: REASON: {JSON}` for a refused request, `App: ADDR: BYTES: METHOD PATH (STATUS) (TIME)`
 * for every one. The process manager's prefix `0|app  | ` may stand in front. A log-in's refusal has both lines; the first one counts, and
 * in a browser's log-in (`POST /login`) the second, which is then alone.
 */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { ACCESS_EVENT } from '../http.ts';
import { jsonRecord } from '../record-in.ts';
import { withGroups } from '../wordings.ts';
import type { Parsed } from './parser.ts';

const MANAGER = /^(?:\d\d:\d\d:\d\d )?\d{1,3}\|app {0,8}\| (?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: )?/;
const REFUSED =
  /^\[(?:error|warn|info)\] App: (?<status>[45]\d\d): (?<method>[A-Z]{3,10}) (?<url>\/\S{0,2000}): (?<ip>[\da-fA-F:.]{2,50}): (?<reason>[^{}\n]{1,300}?)(?:: (?<data>\{.*\}))?$/s;
const ANSWERED =
  /^App: (?<ip>[\da-fA-F:.]{2,50}): [\d.]{1,12} [kMG]?B: (?<method>[A-Z]{3,10}) (?<url>\/\S{0,2000}) \((?<status>\d{3})\) \([\d.]{1,9}m?s\)$/;

const LOGINS = new Set(['/api/sessions', '/login']);

function refused({ data, ...groups }: Readonly<Record<string, string | undefined>>): Parsed {
  const fields = withGroups(ACCESS_EVENT, groups);
  const login = LOGINS.has(String(fields['url.path'])) && groups['method'] === 'POST';
  if (!login || (groups['status'] !== '403' && groups['status'] !== '401')) return fields;
  const user = jsonRecord(data ?? '')?.['email'];
  return { ...fields, ...LOGIN_FAILED, ...(typeof user === 'string' ? { 'user.name': user } : {}) };
}

function parse(message: string): Parsed | undefined {
  const text = message.slice(MANAGER.exec(message)?.[0].length ?? 0);
  const found = REFUSED.exec(text)?.groups;
  if (found !== undefined) return refused(found);
  const groups = ANSWERED.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const fields = withGroups(ACCESS_EVENT, groups);
  const login = groups['method'] === 'POST' && groups['url'] === '/login' && groups['status'] === '403';
  return login ? { ...fields, ...LOGIN_FAILED } : fields;
}

export const joplinServer = application('joplin-server', {
  programs: ['joplin-server', 'joplin'],
  paths: ['joplin'],
  signatures: [
    {
      has: ['] App: '],
      test: new RegExp(`^(?:${MANAGER.source.slice(1)})?${REFUSED.source.slice(1)}`, 's'),
    },
    { has: ['App: ', 'B: '], test: new RegExp(`^(?:${MANAGER.source.slice(1)})?${ANSWERED.source.slice(1)}`) },
  ],
  parse,
});
