/**
 * The one-line alerts of Suricata (`fast.log`) and Snort (`alert_fast`), behind the stamp:
 *
 *   [Drop] [**] [1:2200074:2] NAME [**] [Classification: TEXT] [Priority: 3] {TCP} 192.0.2.1:80 -> 192.0.2.2:443
 */
import { setEndpoint } from './address.ts';
import { detection, transportOf } from './detection.ts';
import { toNumber } from './ecs.ts';
import type { Draft } from './parsers/parser.ts';
import { yearlessTime } from './stamp.ts';
import type { Clock } from './timestamp.ts';

const HEAD = /^(?:\[(Drop|wDrop|drop)\] )?\[\*\*\] \[(\d{1,10}):(\d{1,12}):(\d{1,10})\] /;
const TAIL =
  /^ \[\*\*\](?: \[Classification: ([^\]]{0,128})\])?(?: \[Priority: (\d{1,3})\])?(?: \[AppID: [^\]]{0,64}\])? \{([\w.:-]{1,32})\} (\S{2,60}) -> (\S{2,60})\s{0,2}$/;

/** Snort writes no year: `02/28-10:00:00.123456  [**] …`; with one the stamp was taken off before. */
const YEARLESS = /^(\d\d)\/(\d\d)-(\d\d:\d\d:\d\d\.\d{1,6}) {1,2}(?=\[)/;

export const FAST_ALERT =
  /^(?:\d\d\/\d\d-[\d:.]{8,15} {1,2})?(?:\[\w{4,5}\] )?\[\*\*\] \[\d{1,10}:\d{1,12}:\d{1,10}\] /;

export function fastAlert(text: string, clock: Clock): Draft | undefined {
  const stamp = YEARLESS.exec(text);
  const draft = alertOf(text.slice(stamp?.[0].length ?? 0));
  if (draft === undefined || stamp === null) return draft;
  const time = yearlessTime(Number(stamp[1]), Number(stamp[2]), stamp[3] ?? '', clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

function alertOf(message: string): Draft | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  // The name is the rule's; what follows is the program's own.
  const end = message.lastIndexOf(' [**]');
  const tail = end < head[0].length ? null : TAIL.exec(message.slice(end));
  if (tail === null) return undefined;
  const [, category, priority, protocol = '', from = '', to = ''] = tail;
  const dropped = head[1] !== undefined;
  const name = message.slice(head[0].length, end).replace(/^"(.*)"$/s, '$1');
  const draft = detection('intrusion_detected', { name, id: head[3] ?? '' }, dropped ? 'denied' : 'info');
  if (category !== undefined && category !== '' && category !== '(null)') draft['rule.category'] = category;
  if (head[4] !== undefined) draft['rule.version'] = head[4];
  const severity = toNumber(priority);
  if (severity !== undefined) draft['event.severity'] = severity;
  draft['network.transport'] = transportOf(protocol);
  setSide(draft, from, 'source');
  setSide(draft, to, 'destination');
  return draft;
}

/** Both write an IPv6 address with its port and no brackets: `2001:db8::1:443`. Protocols without ports have none. */
function setSide(draft: Draft, text: string, side: 'source' | 'destination'): void {
  const transport = draft['network.transport'];
  const colon = text.lastIndexOf(':');
  const ported = transport === 'tcp' || transport === 'udp' || transport === 'sctp';
  if (ported && !text.startsWith('[') && text.indexOf(':') !== colon) {
    setEndpoint(draft, `[${text.slice(0, colon)}]:${text.slice(colon + 1)}`, side);
  } else if (ported || colon === -1) setEndpoint(draft, text, side);
  else {
    // Suricata writes ICMP's type and code where ports would be, behind an IPv6 address in full.
    const bare = text.indexOf(':') === colon || text.split(':', 10).length === 9;
    setEndpoint(draft, bare ? text.slice(0, colon) : text, side);
  }
}
