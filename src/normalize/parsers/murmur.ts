/** Mumble's server, murmur: `<L>STAMP SERVER => <SESSION:NAME(ID)> TEXT`. The name cannot hold `>` and comes before the address. */
import { application } from '../application.ts';
import { END, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, SESSION, START } from '../ecs.ts';
import { readStamp } from '../stamp.ts';
import { type Wording, wordings } from '../wordings.ts';
import type { Line, Parsed } from './parser.ts';

const HEAD = String.raw`^ ?\d{1,6} => <\d{1,9}:(?<user>[^<>]{0,512})\(-?\d{1,9}\)> `;
const PEER = String.raw`(?<peer>\[?[\da-fA-F:.]{2,50}\]?:\d{1,5})`;

const row = (has: string, text: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + text, 's'),
  fields,
});

const { parse } = wordings([
  row(' Rejected connection from ', `Rejected connection from ${PEER}: (?<reason>[^\\n]{1,300})$`, LOGIN_FAILED),
  row(' New connection: ', `New connection: ${PEER}$`, {
    'event.category': NETWORK,
    'event.type': START,
    'event.action': 'connection_opened',
  }),
  row(' Authenticated', 'Authenticated$', LOGIN_ACCEPTED),
  row(' Connection closed: ', 'Connection closed: ', {
    'event.category': SESSION,
    'event.type': END,
    'event.action': 'client_disconnected',
  }),
]);

const LEVELS = new Map([
  ['W', 'info'],
  ['C', 'critical'],
  ['F', 'fatal'],
]);

function parseLine(message: string, line: Line): Parsed | undefined {
  const head = /^<(?<level>[WCFDX])>/.exec(message);
  const stamp = head === null ? undefined : readStamp(message, head[0].length, line.clock);
  const found = parse(stamp === undefined ? message : message.slice(stamp.end), line);
  if (found === undefined || stamp === undefined) return found;
  return { ...found, '@timestamp': stamp.time, 'log.level': LEVELS.get(head?.groups?.['level'] ?? '') ?? 'debug' };
}

export const murmur = application('murmur', {
  programs: ['murmur', 'murmurd', 'mumble-server'],
  paths: ['mumble-server', 'murmur'],
  signatures: [
    {
      starts: '<',
      has: [' => <', '> Rejected connection from '],
      test: /^<[WCFDX]>\d{4}-\d\d-\d\d [\d:.]{8,12} \d{1,6} => </,
    },
    { starts: '<', has: [' => <', '> Authenticated'], test: /^<[WCFDX]>\d{4}-\d\d-\d\d [\d:.]{8,12} \d{1,6} => </ },
  ],
  parse: parseLine,
});
