/**
 * Upsun (Platform.sh) forwards its containers' logs as JSON; the web server's line is in `message`, behind the container's host name and
 * the program's: `frontend.0 nginx: ADDRESS - - [STAMP] "REQUEST" …`.
 */
import type { Fields } from '#contract';
import { wordOf } from '../application.ts';
import { nginxError } from '../web/nginx-error.ts';
import { accessOf, webServer } from '../web/server.ts';
import type { Line, Parsed } from './parser.ts';

const HEAD = /^([\w.-]{1,128}) ([\w.-]{1,64})(?:\[\d{1,10}\])?: /;

function read(record: Fields, line: Line): Parsed | undefined {
  const message = wordOf(record, 'message') ?? '';
  const head = HEAD.exec(message);
  if (head === null || wordOf(record, 'container.project') === undefined) return undefined;
  const [all, host = '', program = ''] = head;
  const text = message.slice(all.length);
  const parsed = accessOf(program, text, line)?.fields ?? nginxError(text.replace(/^\d{4}\/\d\d\/\d\d [\d:]{8} /, ''));
  if (parsed === undefined) return undefined;
  return { ...parsed, 'process.name': program, 'host.name': host };
}

export const upsunHttplog = webServer('upsun-httplog', {
  types: ['upsun', 'platformsh'],
  records: [{ keys: ['container.project', 'container.environment', 'component.id', 'message'] }],
  read,
});
