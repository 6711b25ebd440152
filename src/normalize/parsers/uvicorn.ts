/**
 * uvicorn, the server of many Python applications, also under gunicorn: `INFO:     ADDR:PORT - "REQUEST" STATUS REASON`. Whose
 * application it is, it does not say; a refusal is the request's, as in any access log.
 */
import { setPeerWithPort } from '../address.ts';
import { toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setRequest, setStatus } from '../http.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const ANSWERED =
  /^(?:INFO: {1,5}|\[\w{1,20}\] )?(?<peer>[\da-fA-F.:[\]]{2,50}) - "(?<request>[A-Z]{3,10} .*)" (?<status>\d{3})(?: [A-Z][\w '-]{1,40})?$/s;

/** Also with the stamp that an application's own logging puts in front. */
export function uvicornLine(message: string): Parsed | undefined {
  const groups = ANSWERED.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT };
  // Behind a proxy of its own it knows no port, and writes 0.
  setPeerWithPort(draft, groups['peer'] ?? '');
  setRequest(draft, groups['request'] ?? '');
  setStatus(draft, toNumber(groups['status']));
  return draft;
}

export const uvicorn: Parser = {
  name: 'uvicorn',
  programs: [],
  types: ['litellm', 'open-webui', 'tandoor', 'bazarr'],
  dataset: 'uvicorn.access',
  product: 'linux',
  service: 'uvicorn',
  category: 'webserver',
  signatures: [{ starts: 'INFO:', has: [' - "', ' HTTP/'], test: ANSWERED }],
  parse: uvicornLine,
};
