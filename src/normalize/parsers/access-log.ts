/**
 * The common and combined access log, where nothing says which web server wrote it. Servers with a parser of their own
 * (their name, their path, their additions behind the user agent) come first.
 */
import { accessLog } from '../http.ts';
import type { Parser } from './parser.ts';

export const accessLogParser: Parser = {
  name: 'access-log',
  programs: [],
  types: ['access', 'http', 'web', 'webserver', 'ncsa', 'combined', 'common'],
  paths: ['access.log', 'access_log'],
  signatures: [{ has: ['] "', '" '] }],
  dataset: 'http.access',
  product: 'webserver',
  service: 'webserver',
  category: 'webserver',
  parse: (message, line) => accessLog(message, line)?.fields,
};
