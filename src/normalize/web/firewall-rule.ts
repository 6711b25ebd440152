/**
 * What ModSecurity 2 (Apache, IIS), libmodsecurity 3 (nginx) and Coraza (Caddy) write of a rule that matched:
 *
 *   [client ADDR] ModSecurity: Warning. MATCH [file "F"] [line "N"] [id "N"] [rev ""] [msg "M"] [data "D"] [severity "S"] [ver "V"] … [tag "T"]…
 *   … [hostname "H"] [uri "U"] [unique_id "I"] [ref "R"]
 *
 * MATCH, data, hostname and uri hold the attacker's text. Version 2 and Coraza escape a quote in them, version 3 does not always.
 * So the tags are read from the first one that the program itself wrote, in order, and the first of a name counts: file, id and
 * msg stand in front of everything that came with the request. Version 3 shows the value that matched before them, cut at a hundred
 * characters: the last `' ) [file "` within its reach is the program's.
 */
import { toNumber } from '../ecs.ts';
import { setUrl } from '../http.ts';
import type { Draft } from '../parsers/parser.ts';

const MARK = /^(?:\[client "?([^\]"]{1,80})"?\] )?(?:ModSecurity|Coraza): /;
const VALUE = '(Value: `';
/** The value, the program's ` (N characters omitted)`, and room for escapes. */
const VALUE_REACH = 180;
const FIRST_TAG = '[file "';
const MAX_TAGS = 128;

/** Words and numbers of syslog's scale. */
const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

export interface FirewallRule {
  readonly fields: Draft;
  /** The address in front, where the writer gives it. */
  readonly client: string | undefined;
}

/** undefined for a message of another kind, or one that names no rule. Apache escapes a second time what version 2 had escaped. */
export function firewallRule(message: string, escapedTwice = false): FirewallRule | undefined {
  const mark = MARK.exec(message);
  if (mark === null) return undefined;
  const text = message.slice(mark[0].length);
  const tags = tagsOf(text, firstTag(text), escapedTwice ? 4 : 2);
  if (tags === undefined) return undefined;
  const denied = /^Access denied(?: with code (\d{3}))?\b/.exec(text);
  const draft: Draft = {
    'event.category': ['intrusion_detection', 'web'],
    'event.type': denied === null ? ['info'] : ['denied'],
    'event.action': denied === null ? 'rule_matched' : 'request_denied',
  };
  const status = toNumber(denied?.[1]);
  if (status !== undefined) draft['http.response.status_code'] = status;
  setTags(draft, tags);
  return { fields: draft, client: mark[1] };
}

function firstTag(text: string): number {
  const value = text.indexOf(VALUE);
  const first = text.indexOf(FIRST_TAG);
  if (value === -1 || (first !== -1 && first < value)) return first;
  const near = text.slice(value, value + VALUE_REACH).lastIndexOf(`' ) ${FIRST_TAG}`);
  return near === -1 ? text.indexOf(FIRST_TAG, value) : value + near + 4;
}

type Tags = ReadonlyMap<string, readonly string[]>;

/** `[name "value"] [name "value"]`, up to whatever else follows. */
function tagsOf(text: string, start: number, escape: number): Tags | undefined {
  if (start === -1) return undefined;
  const tags = new Map<string, string[]>();
  let at = start;
  for (let count = 0; count < MAX_TAGS && text.charCodeAt(at) === 91; count++) {
    const quote = text.indexOf(' "', at);
    const end = quote === -1 || quote - at > 24 ? undefined : valueEnd(text, quote + 2, escape);
    if (end === undefined || text.charCodeAt(end) !== 93) break;
    const name = text.slice(at + 1, quote);
    tags.set(name, [...(tags.get(name) ?? []), text.slice(quote + 2, end - 1)]);
    at = text.charCodeAt(end + 1) === 32 ? end + 2 : end + 1;
  }
  return tags.size === 0 ? undefined : tags;
}

/**
 * Behind the quote that ends the value. A quote of the client's has an odd number of backslashes before it; once more escaped,
 * twice an odd number.
 */
function valueEnd(text: string, from: number, escape: number): number | undefined {
  let slashes = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34 && slashes % escape === 0) return at + 1;
    slashes = code === 92 ? slashes + 1 : 0;
  }
  return undefined;
}

const PLACES = [
  ['id', 'rule.id'],
  ['msg', 'rule.name'],
  ['ver', 'rule.ruleset'],
  ['file', 'rule.reference'],
  ['unique_id', 'http.request.id'],
  ['data', 'event.reason'],
] as const;

function setTags(draft: Draft, tags: Tags): void {
  for (const [tag, field] of PLACES) {
    const [value = ''] = tags.get(tag) ?? [];
    if (value !== '') draft[field] = value;
  }
  setSeverityWord(draft, tags.get('severity')?.[0] ?? '');
  const [hostname = ''] = tags.get('hostname') ?? [];
  if (hostname !== '') draft['url.domain'] = hostname;
  setUrl(draft, tags.get('uri')?.[0] ?? '');
  const names = tags.get('tag') ?? [];
  if (names.length > 0) draft['tags'] = [...new Set(names)];
}

/** `CRITICAL` and `2` are one severity. */
export function setSeverityWord(draft: Draft, severity: string): void {
  const number = toNumber(severity) ?? SEVERITIES.indexOf(severity.toLowerCase());
  const word = SEVERITIES[number];
  if (word === undefined) return;
  draft['event.severity'] = number;
  draft['log.level'] = word;
}
