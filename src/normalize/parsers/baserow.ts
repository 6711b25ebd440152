/**
 * Baserow's all-in-one container: each process's lines behind its name, `[BACKEND][STAMP] `. The back end writes uvicorn's access
 * lines; a 401 on the token's route is a log-in that failed.
 */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { readStamp } from '../stamp.ts';
import type { Line, Parsed } from './parser.ts';
import { uvicornLine } from './uvicorn.ts';

const HEAD = /^ ?\[(?:BACKEND|WEBFRONTEND|CELERY\w{0,20}|CADDY|BEAT_WORKER|EXPORT_WORKER|CELERY_WORKER) {0,12}\]\[/;

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const stamp = head === null ? undefined : readStamp(message, head[0].length, line.clock);
  if (stamp === undefined || !message.startsWith('] ', stamp.end)) return undefined;
  const answered = uvicornLine(message.slice(stamp.end + 2)) ?? {};
  const login =
    answered['http.response.status_code'] === 401 &&
    answered['http.request.method'] === 'POST' &&
    String(answered['url.path']).startsWith('/api/user/token-auth');
  return { ...answered, ...(login ? LOGIN_FAILED : {}), '@timestamp': stamp.time };
}

export const baserow = application('baserow', {
  paths: ['baserow'],
  signatures: [{ has: ['[BACKEND]'], test: /^ ?\[BACKEND {0,12}\]\[\d{4}-\d\d-\d\d / }],
  parse,
});
