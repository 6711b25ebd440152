/**
 * endlessh (skeeto) and endlessh-go: an SSH tarpit that never lets anybody in. Its own stamp in front (`2026-02-28T12:00:00.000Z ACCEPT …`),
 * under systemd without one; the Go version writes glog's head (`I0228 12:00:00.000000       1 client.go:58] ACCEPT …`).
 */
import { setPeer } from '../address.ts';
import { withServiceType } from '../application.ts';
import { visit } from '../detection.ts';
import { toNumber } from '../ecs.ts';
import { pairsOf } from '../logfmt.ts';
import { yearlessTime } from '../stamp.ts';
import type { Line, Parsed } from './parser.ts';

const GLOG = /^[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d{1,9} {1,9}\d{1,9} [\w.]{1,40}:\d{1,6}\] /;
const SHAPE =
  /^(?:[IWEF]\d{4} [\d:.]{8,18} {1,9}\d{1,9} client\.go:\d{1,6}\] )?(?:ACCEPT|CLOSE) host=[\da-fA-F:.%]{2,60} port=\d{1,5} /;

function parse(message: string, line: Line): Parsed | undefined {
  const head = GLOG.exec(message)?.[0] ?? '';
  const text = message.slice(head.length);
  const [action, type] = text.startsWith('ACCEPT ')
    ? ['connect', 'start']
    : text.startsWith('CLOSE ')
      ? ['disconnect', 'end']
      : [];
  if (action === undefined || type === undefined) return undefined;
  const pairs = pairsOf(text, text.indexOf(' ') + 1);
  const draft = visit('endlessh', action, 'connection', type);
  if (pairs['host'] === undefined) return undefined;
  setPeer(draft, pairs['host'], toNumber(pairs['port']));
  const seconds = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(pairs['time'] ?? '');
  if (seconds !== null) draft['event.duration'] = Math.round(Number(seconds[0]) * 1e9);
  const bytes = toNumber(pairs['bytes']);
  if (bytes !== undefined) draft['destination.bytes'] = bytes;
  const time = glogTime(head, line);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

/** Glog writes month and day and no year, as syslog does. */
function glogTime(head: string, { clock }: Line): number | undefined {
  const match = /^.(\d{2})(\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3})/.exec(head);
  return match === null ? undefined : yearlessTime(Number(match[1]), Number(match[2]), match[3] ?? '', clock);
}

export const endlessh = withServiceType({
  name: 'endlessh',
  programs: ['endlessh', 'endlessh-go'],
  paths: ['/endlessh', 'endlessh.log'],
  signatures: [
    { has: ['ACCEPT host=', ' port='], test: SHAPE },
    { has: ['CLOSE host=', ' port='], test: SHAPE },
  ],
  dataset: 'endlessh.log',
  product: 'endlessh',
  service: 'endlessh',
  parse,
});
