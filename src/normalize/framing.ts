/**
 * The envelope of a line: when, which host, which program and process, and what is left to say.
 *
 *   <38>Feb  2 16:45:20 nas sshd[2738]: Failed password …           rfc3164 (the <PRI> is optional)
 *   2025-11-30T11:25:10.123456+01:00 nas sshd[2738]: Failed …       iso: rsyslog's and systemd's own
 *   <38>1 2025-11-30T11:25:10Z nas sshd 2738 - [id key="v"] Failed  rfc5424
 *   2025-11-30 11:25:10,123 INFO Started                            plain, with a stamp at its head (`head.ts`)
 *   anything else                                                   plain
 *
 * Senders leave parts out: no host (`Feb 2 16:45:20 sshd[1]: …`), no pid, no tag at all. What is missing is undefined
 * and the rest of the line is the message; no text is ever lost between the parts.
 * Everything scans forward once: no regular expression sees the whole line.
 */
import { newFields, type Fields } from '#contract';
import { isAddress } from './address.ts';
import { type Head, levelOf, readHead } from './head.ts';
import { type Clock, codeAt, readIsoStamp, readSyslogStamp, type Stamp } from './timestamp.ts';

export type Framing = 'rfc3164' | 'iso' | 'rfc5424' | 'plain';

export interface Frame {
  readonly framing: Framing;
  readonly time: number | undefined;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly pid: number | undefined;
  /** What follows the envelope. */
  readonly message: string;
  /** The message without a stamp of its own. */
  readonly body: string;
  /** A level that stands in front of that stamp. */
  readonly level: string | undefined;
  /** `<PRI>`: facility * 8 + severity. */
  readonly priority: number | undefined;
  /** What RFC 5424 carries besides: message id and structured data, under their ECS names. */
  readonly extra: Fields | undefined;
}

const SPACE = 32;
const OPEN = 91;
const CLOSE = 93;
const COLON = 58;
/** A program name longer than this is text (RFC 5424 allows 48; containers and macOS go further). */
const MAX_TAG = 128;
/** RFC 1035: no host name is longer than 255. */
const MAX_HOST = 255;

export function frame(line: string, clock: Clock): Frame {
  const priority = codeAt(line, 0) === 60 ? readPriority(line) : undefined;
  let at = priority === undefined ? 0 : line.indexOf('>') + 1;
  if (priority !== undefined && codeAt(line, at) === 49 && codeAt(line, at + 1) === SPACE) {
    const modern = frame5424(line, at + 2, priority, clock);
    if (modern !== undefined) return modern;
  }
  if (codeAt(line, at) === SPACE) at++;
  if (priority !== undefined) at = afterSequence(line, at);
  const iso = readIsoStamp(line, at, clock);
  const stamp = iso ?? readSyslogStamp(line, syslogStart(line, at), clock);
  const found = stamp === undefined ? undefined : tagged(line, at, stamp, iso !== undefined, priority, clock);
  return found ?? plain(line.slice(at), priority, clock);
}

/** Cisco's counter in front of the stamp: `<189>29: `. */
function afterSequence(line: string, at: number): number {
  let end = at;
  while (isDigit(codeAt(line, end)) && end - at < 10) end++;
  return end > at && codeAt(line, end) === COLON && codeAt(line, end + 1) === SPACE ? end + 2 : at;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Behind Cisco's mark of a clock that is not set (`*`) or not synchronised (`.`). */
function syslogStart(line: string, at: number): number {
  const code = codeAt(line, at);
  return code === 42 || code === 46 ? at + 1 : at;
}

/** No envelope: the message is the line, and when it happened is what its own head says. */
function plain(message: string, priority: number | undefined, clock: Clock): Frame {
  const head = readHead(message, clock);
  return {
    framing: 'plain',
    time: head?.time,
    host: undefined,
    program: undefined,
    pid: undefined,
    message,
    body: bodyOf(message, head),
    level: head?.level,
    priority,
    extra: undefined,
  };
}

const bodyOf = (message: string, head: Head | undefined): string =>
  head === undefined ? message : message.slice(head.end);

/** `<0>` to `<191>` at the head of the line. */
function readPriority(line: string): number | undefined {
  let value = 0;
  for (let at = 1; at <= 4; at++) {
    const code = codeAt(line, at);
    if (code === 62) return at > 1 && value <= 191 ? value : undefined;
    if (!(code >= 48 && code <= 57)) return undefined;
    value = value * 10 + code - 48;
  }
  return undefined;
}

/**
 * `host tag[pid]: message` after a stamp; host and tag may be missing. Applications write ISO stamps in their own logs too, so
 * behind one of those a lone word is a host or a program only where it can hardly be anything else; undefined where neither is.
 */
function tagged(
  line: string,
  start: number,
  stamp: Stamp,
  iso: boolean,
  priority: number | undefined,
  clock: Clock,
): Frame | undefined {
  // A space between date and time is an application's way: only a host and a tag with a pid make an envelope of it.
  const spaced = iso && codeAt(line, start + 10) === SPACE;
  let at = stamp.end;
  if (codeAt(line, at) === COLON) at++;
  if (codeAt(line, at) === SPACE) at++;
  let host: string | undefined;
  let tag = programTag(line, at);
  if (tag === undefined) {
    const end = line.indexOf(' ', at);
    const word = end === -1 || end - at > MAX_HOST ? '' : line.slice(at, end);
    if (isHost(word)) {
      tag = programTag(line, end + 1);
      if (tag !== undefined || !iso || isDotted(word)) {
        host = word;
        at = end + 1;
      }
    }
  }
  if (iso && tag?.pid === undefined && (spaced || host === undefined)) return undefined;
  if (spaced && host === undefined) return undefined;
  const message = tag === undefined ? line.slice(at) : line.slice(tag.end);
  const head = readHead(message, clock);
  return {
    framing: iso ? 'iso' : 'rfc3164',
    time: stamp.time,
    host,
    program: tag?.program,
    pid: tag?.pid,
    message,
    body: bodyOf(message, head),
    level: head?.level,
    priority,
    extra: undefined,
  };
}

/** `ERROR: …` behind a stamp is a level, not a program, and `45: …` Cisco's counter. */
function programTag(line: string, at: number): Tag | undefined {
  const tag = readTag(line, at);
  const bare = tag !== undefined && tag.pid === undefined;
  return bare && (levelOf(tag.program) !== undefined || isCounter(tag.program)) ? undefined : tag;
}

const isCounter = (word: string): boolean => isDigit(codeAt(word, 0)) && /^\d+$/.test(word);

function isHost(word: string): boolean {
  if (word === '') return false;
  const code = codeAt(word, 0) | 32;
  const alphanumeric = (code >= 97 && code <= 122) || isDigit(codeAt(word, 0));
  const known = alphanumeric || code > 126 || (code === COLON && codeAt(word, 1) === COLON);
  return known && levelOf(word) === undefined;
}

/** An address or a name with a domain; no other text behind a stamp has that shape. */
const isDotted = (word: string): boolean => isAddress(word) || /^[a-z\d][a-z\d-]*(?:\.[a-z\d-]+)+$/i.test(word);

/** 1 for what no tag begins with. */
const NO_TAG = new Uint8Array(128);
for (const code of Buffer.from('%"\'=*+#&$!?,;{}|<>', 'latin1')) NO_TAG[code] = 1;

interface Tag {
  readonly program: string;
  readonly pid: number | undefined;
  /** First character of the message. */
  readonly end: number;
}

/** `program:`, `program[pid]:` or `program[pid] `; undefined where a word stands that is neither. */
function readTag(line: string, at: number): Tag | undefined {
  // Cisco's `%SYS-5-CONFIG_I:` names a message; quotes and signs begin words.
  if (NO_TAG[codeAt(line, at)] === 1) return undefined;
  const limit = Math.min(line.length, at + MAX_TAG);
  for (let end = at; end < limit; end++) {
    const code = codeAt(line, end);
    if (code === SPACE) return undefined;
    if (code === COLON) {
      const next = codeAt(line, end + 1);
      // A colon inside a word belongs to it: an IPv6 address, `main::do`.
      if (end + 1 < line.length && next !== SPACE) continue;
      return end === at ? undefined : { program: line.slice(at, end), pid: undefined, end: afterSpace(line, end + 1) };
    }
    if (code === OPEN) return end === at ? undefined : readPid(line, at, end);
  }
  return undefined;
}

function readPid(line: string, at: number, open: number): Tag | undefined {
  let pid = 0;
  let end = open + 1;
  for (; codeAt(line, end) >= 48 && codeAt(line, end) <= 57 && end - open < 12; end++) {
    pid = pid * 10 + codeAt(line, end) - 48;
  }
  if (end === open + 1 || codeAt(line, end) !== CLOSE) return undefined;
  end++;
  if (codeAt(line, end) === COLON) end++;
  else if (end < line.length && codeAt(line, end) !== SPACE) return undefined;
  // GDM names itself `gdm-password]`.
  const stray = codeAt(line, open - 1) === CLOSE && open - at > 1 ? 1 : 0;
  return { program: line.slice(at, open - stray), pid, end: afterSpace(line, end) };
}

const afterSpace = (line: string, at: number): number => (codeAt(line, at) === SPACE ? at + 1 : at);

/** RFC 5424 section 6, after `<PRI>1 `. undefined where the header breaks off. */
function frame5424(line: string, start: number, priority: number, clock: Clock): Frame | undefined {
  const words: string[] = [];
  let at = start;
  for (let count = 0; count < 5; count++) {
    const end = line.indexOf(' ', at);
    if (end === -1 || end === at) return undefined;
    words.push(line.slice(at, end));
    at = end + 1;
  }
  const [time = '-', host = '-', program = '-', procId = '-', messageId = '-'] = words;
  const stamp = time === '-' ? undefined : readIsoStamp(time, 0, clock);
  if (stamp === undefined && time !== '-') return undefined;
  const extra = newFields();
  if (messageId !== '-') extra['log.syslog.msgid'] = messageId;
  const data = structuredData(line, at, extra);
  if (data === undefined) return undefined;
  const message = line.slice(afterSpace(line, data)).replace(/^\ufeff/, '');
  const head = readHead(message, clock);
  const pid = /^\d{1,10}$/.test(procId) ? Number(procId) : undefined;
  const known = (word: string): string | undefined => (word === '-' ? undefined : word);
  return {
    framing: 'rfc5424',
    time: stamp?.time,
    host: known(host),
    program: known(program),
    pid,
    message,
    body: bodyOf(message, head),
    level: head?.level,
    priority,
    extra,
  };
}

/** Reads `-` or `[id key="value" …]…` into `extra` and returns where it ends. Inside quotes `\` escapes `"`, `\` and `]`. */
function structuredData(line: string, start: number, extra: Fields): number | undefined {
  if (line.charAt(start) === '-') return start + 1;
  let at = start;
  while (codeAt(line, at) === OPEN) {
    let end = at + 1;
    while (end < line.length && line.charAt(end) !== ' ' && codeAt(line, end) !== CLOSE) end++;
    const id = line.slice(at + 1, end);
    while (codeAt(line, end) === SPACE) {
      const equals = line.indexOf('="', end);
      if (equals === -1) return undefined;
      const name = line.slice(end + 1, equals);
      end = equals + 2;
      let value = '';
      for (; end < line.length && line.charAt(end) !== '"'; end++) {
        if (line.charAt(end) === '\\' && '"\\]'.includes(line.charAt(end + 1)) && end + 1 < line.length) end++;
        value += line.charAt(end);
      }
      extra[`log.syslog.structured_data.${id}.${name}`] = value;
      end++;
    }
    if (codeAt(line, end) !== CLOSE) return undefined;
    at = end + 1;
  }
  return at === start ? undefined : at;
}
