/**
 * amavisd-new and amavis 2.x: one line a message, `(ID) Blocked SPAM (NAME) {actions}, [POLICY ][ADDR]:PORT [ADDR] <FROM> -> <TO>,…, Hits: 9.1, …`.
 * Everything up to the address is amavis's own; the name of a virus is the scanner's.
 */
import { setPeer } from '../address.ts';
import { toNumber } from '../ecs.ts';
import { mail } from '../mail.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const LINE =
  /^\([\w-]{3,32}\) (Passed|Blocked) ([A-Z][A-Z-]{2,24})(?: \(([^()]{1,256})\))?(?: \{[^{}]{0,256}\})?, (?:[A-Z]{2,16} )*(?:LOCAL )?\[([\da-fA-F.:]{2,45})\](?::(\d{1,5}))? /;
const ENVELOPE = /^(?:\[[\da-fA-F.:]{2,45}\] )?<([^<>]{0,512})> -> <([^<>]{0,512})>/;
const QUEUE = /, Queue-ID: (\w{5,20})(?:,|$)/;
/** What is no mere rule of delivery. */
const BAD = new Set(['INFECTED', 'SPAM', 'SPAMMY', 'BANNED', 'BAD-HEADER', 'UNCHECKED']);

export const amavis: Parser = {
  name: 'amavis',
  programs: ['amavis', 'amavisd', 'amavisd-new'],
  dataset: 'amavis.log',
  service: ['amavis', 'mail'],
  signatures: [
    { has: [') Blocked ', '> -> <'], test: LINE },
    { has: [') Passed ', '> -> <'], test: LINE },
  ],
  parse(message): Parsed | undefined {
    const match = LINE.exec(message);
    if (match === null) return undefined;
    const [whole, verdict = '', kind = '', name, address = '', port] = match;
    const blocked = verdict === 'Blocked';
    const draft: Draft = { ...mail(blocked ? 'mail_blocked' : 'mail_passed', blocked ? 'denied' : 'allowed') };
    draft['event.reason'] = kind;
    if (BAD.has(kind)) draft['event.kind'] = 'alert';
    if (kind === 'INFECTED') {
      draft['event.category'] = ['email', 'malware'];
      draft['labels.category'] = 'antivirus';
      if (name !== undefined) draft['rule.name'] = name;
    }
    setPeer(draft, address, toNumber(port));
    const rest = message.slice(whole.length);
    const envelope = ENVELOPE.exec(rest);
    if (envelope?.[1]) draft['email.from.address'] = envelope[1];
    if (envelope?.[2]) draft['email.to.address'] = [envelope[2]];
    const queue = QUEUE.exec(rest)?.[1];
    return queue === undefined ? draft : { ...draft, 'email.local_id': queue };
  },
};
