/**
 * BunkerWeb: nginx behind it all. Its access log has the virtual host in front and, since 1.6, the request's id before the user:
 *
 *   HOST ADDRESS - [ID ]USER [STAMP] "REQUEST" STATUS BYTES "REFERRER" "AGENT"
 */
import { nginxError } from '../web/nginx-error.ts';
import { accessOf, webServer } from '../web/server.ts';
import type { Line, Parsed } from './parser.ts';

function access(message: string, line: Line): Parsed | undefined {
  const fields = accessOf('nginx', message, line)?.fields;
  const said = fields?.['user.name'];
  if (fields === undefined || typeof said !== 'string') return fields;
  // nginx writes `-` for nobody: a word before it, or 32 hexadecimal digits, is the id.
  const id = /^([\da-f]{32}|\S{1,64}(?= -$)) (.*)$/s.exec(said);
  if (id === null) return fields;
  const { 'user.name': _, ...rest } = fields;
  const user = id[2] ?? '-';
  return { ...rest, 'http.request.id': id[1] ?? '', ...(user === '-' ? {} : { 'user.name': user }) };
}

export const bunkerweb = webServer('bunkerweb', {
  paths: ['bunkerweb'],
  signatures: [{ has: ['] "', '" ', ' - '], test: /^\S{1,255} [\da-fA-F:.]{2,45} - [\da-f]{32} [^[]{1,128} \[/ }],
  parse: (message, line) => nginxError(message) ?? access(message, line),
});
