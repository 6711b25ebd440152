/**
 * The parsers, one file a program. To add one: write the file, add it to `PARSERS`, add a folder in `test/golden`.
 * Where two name the same program the first one stands.
 */
import { cron } from './cron.ts';
import { dropbear } from './dropbear.ts';
import { groupadd } from './groupadd.ts';
import { pam } from './pam.ts';
import type { Parsed, Parser } from './parser.ts';
import { sshd } from './sshd.ts';
import { su } from './su.ts';
import { sudo } from './sudo.ts';
import { useradd } from './useradd.ts';
import { usermod } from './usermod.ts';

export type { Parsed, Parser } from './parser.ts';

export const PARSERS: readonly Parser[] = [sshd, sudo, su, useradd, usermod, groupadd, cron, dropbear, pam];

/** For every program that has no parser of its own: the event keeps its text and its envelope. */
export const GENERIC: Parser = {
  name: 'generic',
  programs: [],
  dataset: 'system.syslog',
  service: 'syslog',
  parse: () => undefined,
};

const byProgram = new Map<string, Parser>();
for (const parser of PARSERS) {
  for (const program of parser.programs) if (!byProgram.has(program)) byProgram.set(program, parser);
}

/** `CRON`, `sshd`, `/usr/sbin/sshd` and `(sshd)` all name the program; undefined where no parser claims it. */
export function parserOf(program: string): Parser | undefined {
  const direct = byProgram.get(program);
  if (direct !== undefined) return direct;
  const name = program.slice(program.lastIndexOf('/') + 1).replace(/^\((.*)\)$/, '$1');
  return byProgram.get(name.toLowerCase());
}

export const recognise = (message: string): Parser | undefined =>
  PARSERS.find((parser) => parser.recognises?.(message) === true);

/** rsyslog and syslog-ng fold equal lines: `message repeated 3 times: [ Failed password for … ]`. */
const REPEATED = /^message repeated (\d{1,9}) times: \[ ?(.*)\]$/s;

/** Runs the parser, unfolds repeats and lets PAM's modules speak in any program's name. */
export function parseMessage(parser: Parser, message: string): Parsed | undefined {
  if (message.startsWith('message repeated ')) {
    const folded = REPEATED.exec(message);
    if (folded !== null) {
      const inner = (folded[2] ?? '').trimEnd();
      const parsed = inner.startsWith('message repeated ') ? undefined : parseMessage(parser, inner);
      const each = Number(parsed?.['porchlight.repeat'] ?? 1);
      return { ...parsed, 'porchlight.repeat': Number(folded[1]) * each };
    }
  }
  const own = parser.parse(message);
  if (own !== undefined || parser === pam) return own;
  return message.startsWith('pam_') || message.startsWith('PAM ') ? pam.parse(message) : undefined;
}
