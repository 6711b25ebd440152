/** OpenSearch Dashboards, and Kibana before 8: one record a request in `type: response`. The body's 401 on `/auth/login` is a refused password. */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, wordOf } from '../application.ts';
import { LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

function read(record: Fields): Parsed | undefined {
  const url = wordOf(record, 'req.url');
  if (record['type'] !== 'response' || url === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT };
  const method = wordOf(record, 'req.method')?.toUpperCase();
  if (method !== undefined) draft['http.request.method'] = method;
  setUrl(draft, url);
  const status = toNumber(wordOf(record, 'res.statusCode'));
  setStatus(draft, status);
  if (method === 'POST' && status === 401 && /^\/(?:auth|internal\/security)\/login\b/.test(url))
    Object.assign(draft, LOGIN_FAILED);
  setPeer(draft, wordOf(record, 'req.remoteAddress') ?? '');
  const agent = wordOf(record, 'req.userAgent') ?? wordOf(record, 'req.headers.user-agent');
  if (agent !== undefined) draft['user_agent.original'] = agent;
  return draft;
}

export const opensearchDashboards = application('opensearch-dashboards', {
  programs: ['opensearch-dashboards', 'kibana'],
  records: [{ keys: ['res.statusCode', 'req.url', 'req.remoteAddress', 'type'], values: { type: 'response' } }],
  read,
});
