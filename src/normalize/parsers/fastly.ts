/** Fastly's request log in the JSON of its documentation's example; names are the customer's to choose, so all of these must be there. */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { ACCESS_EVENT, header, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

export const fastly: Parser = {
  name: 'fastly',
  programs: ['fastly'],
  dataset: 'fastly.access',
  product: 'fastly',
  service: 'fastly',
  category: 'webserver',
  records: [{ keys: ['fastly_server', 'client_ip', 'request_method', 'url'] }],
  read(record: Fields): Parsed | undefined {
    const client = header(record, 'client_ip');
    const url = header(record, 'url');
    if (client === undefined || url === undefined) return undefined;
    const draft: Draft = { ...ACCESS_EVENT };
    setPeer(draft, client);
    setUrl(draft, url);
    const method = header(record, 'request_method');
    if (method !== undefined) draft['http.request.method'] = method;
    const status = Number(record['response_status']);
    if (Number.isInteger(status)) setStatus(draft, status);
    const names = [
      ['request_user_agent', 'user_agent.original'],
      ['request_referer', 'http.request.referrer'],
      ['host', 'url.domain'],
    ] as const;
    for (const [name, field] of names) {
      const value = header(record, name);
      if (value !== undefined && value !== '') draft[field] = value;
    }
    const bytes = Number(record['response_body_size']);
    return Number.isInteger(bytes) ? { ...draft, 'http.response.body.bytes': bytes } : draft;
  },
};
