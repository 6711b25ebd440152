/** TheHive (`o.t.s.AccessLogFilter`): one line a request, `[level] LOGGER [TRACE|SPAN] ADDR METHOD TARGET took Nms and returned STATUS N bytes`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { ACCESS_EVENT } from '../http.ts';
import { withGroups } from '../wordings.ts';
import type { Parsed } from './parser.ts';

const ANSWERED =
  /^\[?(?:info|warn|error|INFO|WARN|ERROR)\]? {1,2}(?:from )?(?:o\.t\.s|org\.thp\.scalligraph)\.AccessLogFilter (?:in thread \S{1,80} )?\[[\da-f|]{0,80}\] (?<ip>[\da-fA-F:.]{2,50}) (?<method>[A-Z]{3,10}) (?<url>\S{1,4000}) took \d{1,9}ms and returned (?<status>\d{3}) (?<bytes>\d{1,9}) bytes$/;

function parse(message: string): Parsed | undefined {
  const groups = ANSWERED.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const fields = withGroups(ACCESS_EVENT, groups);
  const login = groups['method'] === 'POST' && /^\/api(?:\/v\d)?\/login$/.test(String(fields['url.path']));
  if (login && groups['status'] === '401') return { ...fields, ...LOGIN_FAILED };
  return login && groups['status'] === '200' ? { ...fields, ...LOGIN_ACCEPTED } : fields;
}

export const thehive = application('thehive', {
  paths: ['thehive'],
  signatures: [{ has: ['.AccessLogFilter ', 'ms and returned '], test: ANSWERED }],
  parse,
});
