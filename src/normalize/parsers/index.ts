/**
 * The parsers, one file a program. To add one: write the file, add it to `PARSERS`, add a folder in `test/golden`.
 * Their order means nothing: `dispatch/` asks the more specific first.
 */
import { accessLogParser } from './access-log.ts';
import { auditd } from './auditd.ts';
import { couchdb } from './couchdb.ts';
import { cron } from './cron.ts';
import { dhcpParser } from './dhcp.ts';
import { dovecot } from './dovecot.ts';
import { dropbear } from './dropbear.ts';
import { exchange } from './exchange.ts';
import { exim } from './exim.ts';
import { groupadd } from './groupadd.ts';
import { kernel } from './kernel.ts';
import { laurel } from './laurel.ts';
import { login } from './login.ts';
import { logind } from './logind.ts';
import { networkManager } from './network-manager.ts';
import { pam } from './pam.ts';
import { passwd } from './passwd.ts';
import { polkit } from './polkit.ts';
import { postfix } from './postfix.ts';
import { sshd } from './sshd.ts';
import { su } from './su.ts';
import { sudo } from './sudo.ts';
import { systemd } from './systemd.ts';
import { useradd } from './useradd.ts';
import { usermod } from './usermod.ts';
import { windows } from './windows.ts';
import type { Parser } from './parser.ts';

export type { Parser } from './parser.ts';

export const PARSERS: readonly Parser[] = [
  accessLogParser,
  auditd,
  couchdb,
  cron,
  dhcpParser,
  dovecot,
  dropbear,
  exchange,
  exim,
  groupadd,
  kernel,
  laurel,
  login,
  logind,
  networkManager,
  pam,
  passwd,
  polkit,
  postfix,
  sshd,
  su,
  sudo,
  systemd,
  useradd,
  usermod,
  windows,
];

/** For every program that has no parser of its own: the event keeps its text and its envelope. */
export const GENERIC: Parser = { name: 'generic', programs: [], dataset: 'system.syslog', service: 'syslog' };
