/**
 * Gotify (Gin): nothing but access lines, since 2.4 without `[GIN]`. A browser or an app logs in by asking for a client's token,
 * `POST /client`: a 401 there is a refused password, a 200 a log-in.
 */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { ginLine } from './gin.ts';
import type { Line, Parsed } from './parser.ts';

function parse(message: string, line: Line): Parsed | undefined {
  const fields = ginLine(message, line);
  if (fields === undefined) return undefined;
  const login =
    fields['http.request.method'] === 'POST' && /^\/(?:client|auth\/local\/login)$/.test(String(fields['url.path']));
  const status = fields['http.response.status_code'];
  if (!login || (status !== 401 && status !== 200)) return fields;
  return { ...fields, ...(status === 401 ? LOGIN_FAILED : LOGIN_ACCEPTED) };
}

export const gotify = application('gotify', { paths: ['gotify'], parse });
