/**
 * One record of the Linux audit system (auditd's log, its plug-ins to syslog, the journal's audit transport, the kernel's own log):
 *
 *   [node=HOST ]type=SYSCALL msg=audit(1772265600.123:4711): arch=c000003e … comm="bash" key=(null)␝ARCH=x86_64 UID="root" …
 *   type=USER_AUTH msg=audit(…): pid=1 uid=0 … msg='op=PAM:authentication acct="anna" … res=failed'
 *   audit: type=1400 audit(1772265600.123:35): apparmor="DENIED" …
 *
 * Values that hold blanks, quotes or controls are hexadecimal and without quotes; others stand in quotes. Behind the group
 * separator (0x1D) auditd repeats numbers as names, in capitals.
 */
import { pairsOf } from '../../logfmt.ts';

export interface AuditRecord {
  readonly type: string;
  /** ms since the epoch. */
  readonly time: number | undefined;
  /** All records of one event have the same. */
  readonly serial: string | undefined;
  readonly node: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  /** What follows the head. */
  readonly text: string;
}

const HEAD =
  /^(?:audit(?:\[\d+\])?: )?(?:node=(\S{1,255}) )?type=(\w{1,40}) (?:msg=)?audit\((\d{1,12})\.(\d{3}):(\d{1,12})\): ?/;
const BARE = /^([A-Z][A-Z_0-9]{2,39}) (?=[\w-]+=)/;
const SEPARATOR = '\u001d';

export function readRecord(message: string): AuditRecord | undefined {
  const head = HEAD.exec(message);
  if (head !== null) {
    const [all, node, type = '', seconds, fraction, serial] = head;
    const time = Number(seconds) * 1000 + Number(fraction);
    const text = message.slice(all.length);
    return { type: typeOf(type), time, serial, node, values: valuesOf(text), text };
  }
  const bare = BARE.exec(message);
  if (bare === null) return undefined;
  const text = message.slice(bare[0].length);
  return { type: bare[1] ?? '', time: undefined, serial: undefined, node: undefined, values: valuesOf(text), text };
}

/** The kernel writes numbers (linux/audit.h): those that reach its own log. */
const NUMBERED = new Map([
  ['1300', 'SYSCALL'],
  ['1302', 'PATH'],
  ['1307', 'CWD'],
  ['1309', 'EXECVE'],
  ['1327', 'PROCTITLE'],
  ['1325', 'NETFILTER_CFG'],
  ['1326', 'SECCOMP'],
  ['1334', 'BPF'],
  ['1400', 'AVC'],
  ['1403', 'MAC_POLICY_LOAD'],
  ['1404', 'MAC_STATUS'],
  ['1701', 'ANOM_ABEND'],
  ['1700', 'ANOM_PROMISCUOUS'],
  ['1130', 'SERVICE_START'],
  ['1131', 'SERVICE_STOP'],
]);

const typeOf = (type: string): string => NUMBERED.get(type) ?? type;

/** What a program added stands in `msg='…'`; it never overrides what the kernel says of the process. */
function valuesOf(text: string): Record<string, string> {
  const end = text.indexOf(SEPARATOR);
  const plain = end === -1 ? text : text.slice(0, end);
  const open = plain.indexOf("msg='");
  const close = open === -1 ? -1 : plain.lastIndexOf("'");
  const inner = close > open + 4 ? plain.slice(open + 5, close) : undefined;
  const outer = inner === undefined ? plain : plain.slice(0, open);
  // Before 2014 a LOGIN record said `old auid=… new auid=…`.
  const values = pairsOf(outer.includes(' new ') ? outer.replace(/\b(old|new) (?=auid=|ses=)/g, '$1_') : outer);
  if (inner !== undefined) addTo(values, pairsOf(inner));
  if (end !== -1) addTo(values, pairsOf(text.slice(end + 1)));
  return values;
}

function addTo(values: Record<string, string>, more: Readonly<Record<string, string>>): void {
  for (const name in more) values[name] ??= more[name] ?? '';
}

/** Keys pressed on a terminal, and arguments parted by NUL: controls as people write them. */
export const readable = (value: string): string =>
  value
    .replace(/\0/g, ' ')
    .replace(/[\u0001-\u001f\u007f]/g, (sign) => `^${String.fromCharCode(sign.charCodeAt(0) ^ 64)}`);

const HEX = /^(?:[0-9A-F]{2})+$/;

/** What the kernel does not write as it is (`audit_string_contains_control`). */
const ENCODED = /[^!#-~]/;

/**
 * A value that auditd writes in hexadecimal where it holds more than plain characters. One that would hold nothing else was never
 * encoded: `chmod 4755` means that number.
 */
export function decoded(value: string): string {
  if (value.length < 4 || value.length > 65_536 || !HEX.test(value)) return value;
  const text = Buffer.from(value, 'hex').toString('utf8');
  return ENCODED.test(text) ? text.replace(/\0+$/, '') : value;
}

const ARGUMENT = /^a(\d{1,4})(?:\[(\d{1,4})\])?$/;

/** `a0=… a1=…`; an argument that is too long for a record comes in pieces, `a1[0]=… a1[1]=…`, all encoded or none. */
export function argumentsOf(values: Readonly<Record<string, string>>): string[] {
  const pieces = new Map<number, string>();
  for (const [name, value] of Object.entries(values)) {
    const match = ARGUMENT.exec(name);
    if (match === null) continue;
    const index = Number(match[1]);
    pieces.set(index, (pieces.get(index) ?? '') + value);
  }
  return [...pieces].toSorted(([a], [b]) => a - b).map(([, value]) => decoded(value));
}

export interface Socket {
  readonly address: string;
  readonly port: number | undefined;
}

/** struct sockaddr in hexadecimal: family (little-endian), port and address (network order). A path of a local socket is none. */
export function socketOf(saddr: string): Socket | undefined {
  if (!HEX.test(saddr) || saddr.length < 16) return undefined;
  const bytes = Buffer.from(saddr, 'hex');
  const family = bytes.readUInt16LE(0);
  const port = bytes.readUInt16BE(2);
  if (family === 2) return { address: [...bytes.subarray(4, 8)].join('.'), port };
  if (family !== 10 || bytes.length < 24) return undefined;
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(8 + 2 * index).toString(16));
  return {
    address: words
      .join(':')
      .replace(/\b0(?::0)+\b/, ':')
      .replace(/^:(?!:)|:::+/g, '::')
      .replace(/^::?$/, '::'),
    port,
  };
}
