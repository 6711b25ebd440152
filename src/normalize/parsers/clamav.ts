/**
 * ClamAV: what clamd (streams, files, access as it happens), clamscan and its milter found. `NAME FOUND` ends the line, so a file
 * whose own name says so proves nothing. With `ExtendedDetectionInfo` a hash and a size stand behind the name.
 */
import { setPeer } from '../address.ts';
import { FILE, INFO } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed, Parser } from './parser.ts';

const FOUND: Parsed = {
  'event.kind': 'alert',
  'event.category': ['malware', 'file'],
  'event.type': INFO,
  'event.action': 'malware_found',
  'labels.category': 'antivirus',
};

/** In the log of its own a stamp with an arrow stands in front. */
const HEAD = /^(?:\w{3} \w{3} [ \d]\d [\d:]{8} \d{4} )?(?:-> )?(?:(?:Scan)?OnAccess: )?/;
const WHERE =
  /^(?:instream\(([^@()]{1,64})@(\d{1,5})\)|fd\[\d{1,9}\]|(.+)): ([^\s:()]{1,256})(?:\(([\da-f]{32}):\d{1,20}\))? FOUND$/s;

function found(message: string): Parsed | undefined {
  if (!message.endsWith(' FOUND')) return undefined;
  const match = WHERE.exec(message.slice(HEAD.exec(message)?.[0].length ?? 0));
  if (match === null) return undefined;
  const [, address, port, file, name = '', md5] = match;
  const draft: Record<string, Parsed[string]> = { ...FOUND, 'rule.name': name };
  if (address !== undefined) setPeer(draft, address, Number(port));
  if (file !== undefined) draft['file.path'] = file;
  if (md5 !== undefined) draft['file.hash.md5'] = md5;
  return draft;
}

const { parse: worded } = wordings([
  {
    has: ': moved to ',
    quiet: true,
    pattern: /^(?<file>.{1,4096}): moved to '(?:.{1,4096})'$/s,
    fields: { 'event.category': FILE, 'event.type': ['change'], 'event.action': 'quarantined' },
  },
  {
    has: ' updated (version: ',
    quiet: true,
    pattern: /^(?:[\w.]{1,64}) updated \(version: \d{1,9}, /,
    fields: { 'event.category': ['configuration'], 'event.type': ['change'], 'event.action': 'signatures_updated' },
  },
]);

export const clamav: Parser = {
  name: 'clamav',
  programs: ['clamd', 'clamav', 'clamscan', 'clamdscan', 'clamonacc', 'clamav-milter', 'freshclam'],
  signatures: [{ starts: '-> ', has: [' FOUND'], test: / FOUND$/ }],
  namesItself: true,
  paths: ['/clamav/', 'clamd.log', 'clamav.log', 'clamonacc.log'],
  dataset: 'clamav.log',
  service: ['clamav', 'syslog'],
  serviceType: 'clamav',
  parse: (message: string, line: Line) => found(message) ?? worded(message, line),
};
