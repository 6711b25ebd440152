/** Snort 2 and 3: `alert_fast`, also into syslog (`[1:1000001:1] NAME {TCP} A -> B`, without the stars), and Snort 3's `alert_json`. */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { wordOf, withServiceType } from '../application.ts';
import { detection, transportOf } from '../detection.ts';
import { fastAlert } from '../fast-alert.ts';
import { stampOf } from '../stamp.ts';
import type { Line, Parsed } from './parser.ts';

const SYSLOG = /^\[\d{1,10}:\d{1,12}:\d{1,10}\] /;
const SYSLOG_TAIL =
  /^(.{0,1000}?)((?: \[(?:Classification|Priority|AppID): [^\]]{0,128}\]:?){0,3}) (\{[\w.:-]{1,32}\} \S{2,60} -> \S{2,60})$/s;

/** Puts the stars back that mark the end of the rule's name. */
function starred(message: string): string | undefined {
  const head = SYSLOG.exec(message)?.[0];
  const tail = head === undefined ? null : SYSLOG_TAIL.exec(message.slice(head.length));
  if (tail === null) return undefined;
  const [, name = '', groups = '', rest = ''] = tail;
  return `[**] ${head ?? ''}${name} [**]${groups.replace(/\]:/g, ']')} ${rest}`;
}

function parse(message: string, { clock }: Line): Parsed | undefined {
  const text = starred(message) ?? message;
  return fastAlert(text, clock);
}

function read(record: Fields, line: Line): Parsed | undefined {
  const name = wordOf(record, 'msg');
  const rule = /^\d{1,10}:(\d{1,12}):(\d{1,10})$/.exec(wordOf(record, 'rule') ?? '');
  if (name === undefined || rule === null) return undefined;
  const denied = /^(?:drop|block|reset|reject)/.test(wordOf(record, 'action') ?? '');
  const draft = detection('intrusion_detected', { name, id: rule[1] ?? '' }, denied ? 'denied' : 'info');
  draft['rule.version'] = rule[2] ?? '';
  const protocol = wordOf(record, 'proto');
  if (protocol !== undefined) draft['network.transport'] = transportOf(protocol);
  const category = wordOf(record, 'class');
  if (category !== undefined && category !== 'none') draft['rule.category'] = category;
  setEndpoint(draft, bracketed(wordOf(record, 'src_ap')));
  setEndpoint(draft, bracketed(wordOf(record, 'dst_ap')), 'destination');
  const time = stampOf(wordOf(record, 'timestamp') ?? '', line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

/** Always with a port behind the last colon, 0 where there is none. */
function bracketed(text = ''): string {
  const colon = text.lastIndexOf(':');
  if (colon === -1) return text;
  const port = text.slice(colon + 1);
  return port === '0' ? text.slice(0, colon) : `[${text.slice(0, colon)}]:${port}`;
}

export const snort = withServiceType({
  name: 'snort',
  programs: ['snort', 'snort3'],
  paths: ['/snort/'],
  records: [{ keys: ['src_ap', 'dst_ap', 'rule', 'msg'] }],
  dataset: 'snort.log',
  product: 'snort',
  service: 'snort',
  parse,
  read,
});
