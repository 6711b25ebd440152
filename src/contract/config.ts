/**
 * `porchlight.yaml`: every key has a default, an unknown key is an error. `docs/config.md` is generated from here.
 * Secrets are written `${NAME}` (environment) or `file:/path`; `app/config` puts them in before this schema sees them.
 */
import { z } from 'zod';
import { ROLES } from './access.ts';
import { LEVELS } from './level.ts';
import { DEFAULT_PORT } from './paths.ts';
import { RULE_STATUSES } from './rule-status.ts';

const port = z.int().min(0).max(65535);

const keySchema = z.strictObject({
  name: z.string().min(1).max(100).describe('Whose key this is. An agent key may only append under this name.'),
  role: z.enum(ROLES).describe('A viewer reads, an agent only sends logs, an admin may do all.'),
  key: z.string().min(20).describe('At least 20 characters; better as ${NAME} or file:/path.'),
});

const httpSchema = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe('Address the dashboard listens on. Only loopback until accounts and TLS exist.'),
  port: port.default(DEFAULT_PORT).describe('Port of the dashboard and of the HTTP intake.'),
  hosts: z
    .array(z.string())
    .default([])
    .describe('Other names this server answers to, besides localhost and loopback addresses.'),
  trusted_proxies: z
    .array(z.string())
    .default([])
    .describe('Addresses or CIDR ranges whose X-Forwarded-For is believed.'),
  keys: z.array(keySchema).default([]).describe('Keys for requests that do not come from this machine.'),
});

const agentsSchema = z
  .strictObject({
    listen: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$/, 'HOST:PORT, such as 0.0.0.0:5443 or [::]:5443')
      .default('0.0.0.0:5443')
      .describe('Where agents connect, with TLS. Nothing listens before the first agent is added.'),
    names: z
      .array(z.string().min(1).max(253))
      .max(50)
      .default([])
      .describe('More names or addresses agents may reach this server by, each with or without a port.'),
    cert: z.string().optional().describe('A certificate of your own: its chain, as a PEM file. Absent: one is made.'),
    key: z.string().optional().describe('Path of its private key, a PEM file.'),
    max_batch_bytes: z
      .int()
      .min(64 * 1024)
      .max(32 * 1024 * 1024)
      .default(16 * 1024 * 1024)
      .describe('Bytes of one batch after inflating.'),
    quota: z
      .strictObject({
        batches_per_second: z.number().min(0.1).max(10_000).default(100).describe('Requests of one key.'),
        bytes_per_second: z
          .int()
          .min(1024)
          .max(1024 * 1024 * 1024)
          .default(32 * 1024 * 1024)
          .describe('Bytes of one key after inflating. Ten seconds’ worth may come at once.'),
      })
      .prefault({}),
  })
  .refine(({ cert, key: file }) => (cert === undefined) === (file === undefined), {
    path: ['cert'],
    error: 'agents.cert and agents.key belong together',
  });

const honeypotSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the honeypot runs.'),
  host: z.string().default('0.0.0.0').describe('All interfaces: on loopback alone it catches nobody.'),
  port: port.default(2323).describe('Port it listens on; telnet’s own is 23.'),
  name: z.string().min(1).max(40).default('router').describe('The host name it shows to visitors.'),
  exempt: z
    .array(z.string())
    .default([])
    .describe('Addresses or CIDR ranges that are answered but not reported, such as your own scanner.'),
  max_connections: z.int().min(1).max(10_000).default(200).describe('Open connections in all.'),
  max_per_address: z.int().min(1).max(1000).default(20).describe('Open connections from one address.'),
  max_bytes: z
    .int()
    .min(64)
    .max(1_000_000)
    .default(8192)
    .describe('Bytes taken from one connection before it is closed.'),
  max_seconds: z.int().min(1).max(3600).default(120).describe('Seconds before a connection is closed.'),
});

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const listenAddress = z.string().refine(isListenAddress, { error: 'an address and a port, such as 0.0.0.0:5514' });

/** `0.0.0.0:5514`, `[::]:5514`. */
function isListenAddress(text: string): boolean {
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(text) ?? [];
  const isAddress = v6 === undefined ? z.ipv4().safeParse(v4).success : z.ipv6().safeParse(v6).success;
  return isAddress && Number(digits) <= 65535;
}

const addressRange = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], {
  error: 'an address or a range, such as 192.0.2.0/24',
});

/** Private, link-local and loopback addresses: RFC 1918, 3927, 4193, 4291. */
const HOUSE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

const syslogSchema = z.strictObject({
  udp: listenAddress.optional().describe('Takes syslog by UDP there, such as 0.0.0.0:5514; off when absent.'),
  tcp: listenAddress.optional().describe('Takes syslog by TCP there; off when absent.'),
  tls: z
    .strictObject({
      listen: listenAddress.describe('Takes syslog by TLS there; 6514 is its usual port.'),
      cert: z.string().min(1).describe('Certificate chain: a PEM file’s path.'),
      key: z.string().min(1).describe('Its private key: a PEM file’s path.'),
      ca: z
        .string()
        .min(1)
        .optional()
        .describe('Senders must show a certificate signed by this one: a PEM file’s path.'),
    })
    .optional()
    .describe('Syslog by TLS; off when absent.'),
  allow: z.array(addressRange).default(HOUSE).describe('Senders that are listened to: addresses or CIDR ranges.'),
  timezone: z
    .string()
    .refine(isZone, { error: 'no time zone of that name; write it as in Europe/Berlin' })
    .optional()
    .describe('Zone of the senders’ stamps without one; sources.timezone, or the machine’s own, when absent.'),
});

const multilineSchema = z.strictObject({
  start: z
    .string()
    .min(1)
    .max(1000)
    .describe('Regular expression (RE2) that is found in the first line of each event, such as ^\\d{4}-.'),
  max_lines: z.int().min(2).max(10_000).default(500).describe('Lines of one event at most.'),
  max_wait: z
    .int()
    .min(50)
    .max(600_000)
    .default(1000)
    .describe('Milliseconds without a new byte after which an event is complete.'),
});

/** As Event Viewer shows them: `Security`, `Microsoft-Windows-Sysmon/Operational`. */
const eventChannel = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}<>&"']+$/u, 'the full name of an event log, such as Microsoft-Windows-Sysmon/Operational');

const windowsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether Windows’ event log is read; elsewhere there is none.'),
  channels: z
    .array(eventChannel)
    .max(100)
    .default(['Security', 'System', 'Application', 'Microsoft-Windows-Sysmon/Operational'])
    .describe('Event logs that are read, by their full names.'),
});

const sourcesSchema = z.strictObject({
  syslog: syslogSchema.prefault({}),
  windows_event_log: windowsSchema.prefault({}),
  log_candidates: z
    .array(z.string())
    .default(['/var/log/auth.log', '/var/log/secure', '/var/log/syslog', '/var/log/messages', '/var/log/kern.log'])
    .describe('Files to follow where they exist and can be read. *, ? and [a-z] stand for what appears later too.'),
  timezone: z.string().optional().describe('IANA zone of stamps without a zone; the machine’s own when absent.'),
  timezones: z
    .record(z.string(), z.string().refine(isZone, { error: 'no time zone of that name; write it as in Europe/Berlin' }))
    .default({})
    .describe('Zones of single files, by path, where they differ: another machine’s log that lies here.'),
  poll: z
    .int()
    .min(50)
    .max(60_000)
    .default(250)
    .describe('Milliseconds between two looks at a file, besides the watch.'),
  watch: z
    .boolean()
    .default(true)
    .describe('Whether the system tells of changes at once. Without, files are only looked at every poll.'),
  multiline: z
    .record(z.string(), multilineSchema)
    .default({})
    .describe('Lines that belong together, by path or path with wildcards, become one event: stack traces, queries.'),
  backfill_hours: z
    .number()
    .min(0)
    .max(24 * 366)
    .default(24)
    .describe('How far back a file is read when it is first seen.'),
});

const httpUrl = z.url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' });

const ntfySchema = z.strictObject({
  url: httpUrl.describe('Topic address, such as https://ntfy.example/porchlight.'),
  token: z.string().optional().describe('Access token; better as ${NAME} or file:/path.'),
});

export const telegramSchema = z.strictObject({
  token: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'a token looks like 123456:ABC-def; BotFather gives it')
    .describe('The bot’s token, from BotFather; better as ${NAME} or file:/path.'),
  chat_id: z
    .union([z.int(), z.string().regex(/^(-?\d+|@\w+)$/)], {
      error: 'a chat is a number, negative for a group, or @channel',
    })
    .describe('The chat that gets the messages: a number, negative for a group, or @channel.'),
  api: httpUrl.default('https://api.telegram.org').describe('Where the Bot API answers, for a server of your own.'),
});

/** A plain address: what could end a header or name a second person is refused. */
const mailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s<>,;:"()[\]\\@\p{Cc}]+@[^\s<>,;:"()[\]\\@\p{Cc}]+$/u, 'an address looks like anna@example.net');

export const emailSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[\w.:-]+$/, 'a host name or address, without a scheme')
    .describe('The mail server.'),
  port: port.default(587).describe('Its port: 587 begins plain and turns to TLS, 465 is TLS from the start.'),
  secure: z.boolean().optional().describe('TLS from the start; by default only on port 465.'),
  insecure: z
    .boolean()
    .default(false)
    .describe('Go on where the server offers no TLS or a certificate nobody knows: all can be read on the way.'),
  user: z.string().min(1).max(320).optional().describe('Account at the mail server, where it wants one.'),
  password: z.string().min(1).optional().describe('Its password; better as ${NAME} or file:/path.'),
  from: mailAddress.describe('Address the mails come from.'),
  to: z.array(mailAddress).min(1).max(20).describe('Addresses that get them.'),
});

const notifySchema = z.strictObject({
  level: z
    .enum(['informational', 'low', 'medium', 'high', 'critical'])
    .default('high')
    .describe('This level and higher are pushed.'),
  give_up_days: z
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('Days after which a message that nobody takes is given up, and counted.'),
  ntfy: ntfySchema.optional().describe('Push to a phone through an ntfy server.'),
  telegram: telegramSchema.optional().describe('Messages from a Telegram bot.'),
  email: emailSchema.optional().describe('E-mail through a mail server.'),
});

const whole = z.int().min(0);
const points = z.int().min(0).max(100);
const limitsOf = (value: z.ZodNumber, warning: number, alert: number, what: string) =>
  z
    .strictObject({
      warning: value.default(warning).describe(`From here on ${what} is a warning.`),
      alert: value.default(alert).describe('From here on it is an alert, and all points of its weight are lost.'),
    })
    .refine((limits) => limits.alert >= limits.warning, {
      path: ['alert'],
      error: 'alert must not be below warning',
    })
    .prefault({});
const amount = z.number().min(0);
const percent = z.number().min(0).max(100);

export const monitorSchema = z.strictObject({
  interval: z.number().min(1).max(3600).default(10).describe('Seconds between two looks at this machine.'),
  thresholds: z
    .strictObject({
      cpu_load: amount.default(0.7).describe('Load average of one minute, for each CPU, from which points are lost.'),
      memory_used_pct: percent.default(80).describe('Percent of memory in use from which points are lost.'),
      established_connections: whole.default(150).describe('Established connections from which points are lost.'),
      failed_logins: whole.default(5).describe('Failed logins in the last 300 lines from which points are lost.'),
      high_cpu_processes: whole.default(1).describe('Processes with high CPU use from which points are lost.'),
      process_cpu: amount.default(80).describe('Percent of one CPU from which a process counts as high.'),
    })
    .prefault({}),
  weights: z
    .strictObject({
      cpu_load: points.default(20).describe('Most points that load can cost.'),
      memory_used_pct: points.default(15).describe('Most points that memory can cost.'),
      established_connections: points.default(10).describe('Most points that connections can cost.'),
      failed_logins: points.default(20).describe('Most points that failed logins can cost.'),
      high_cpu_processes: points.default(10).describe('Most points that processes with high CPU use can cost.'),
      critical_alert: points.min(1).default(35).describe('Points that each open critical alert costs.'),
      high_alert: points.min(1).default(12).describe('Points that each open high alert costs.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      cpu_load: limitsOf(amount, 0.7, 1, 'the load for each CPU'),
      memory_used_pct: limitsOf(percent, 80, 90, 'the percent of memory in use'),
      established_connections: limitsOf(whole, 150, 200, 'the number of established connections'),
      failed_logins: limitsOf(whole, 5, 20, 'the number of failed logins'),
      high_cpu_processes: limitsOf(whole, 1, 3, 'the number of processes with high CPU use'),
    })
    .prefault({}),
});

const enrichSchema = z.strictObject({
  geoip: z
    .array(z.string())
    .default([])
    .describe('MaxMind DB files (.mmdb) of countries, cities or networks. Nothing is fetched: renew them yourself.'),
  devices: z
    .record(z.string(), z.string().min(1).max(100))
    .default({})
    .describe('Names of your own devices by address: 192.168.1.10: nas.'),
  scanners: z
    .array(z.string())
    .default([])
    .describe('Files of known scanners, an address or CIDR range a line. Private and own addresses are never marked.'),
});

const ruleSelector = z.string().regex(/^(?:tag|file|set|id):\s*\S|^[^\s:]+$/, {
  error: 'a rule’s id, or tag:attack.t1059, file:windows/*, set:NAME',
});
const placeholderValues = z.union([z.string(), z.number()]).transform(String);

const rulesSchema = z.strictObject({
  folders: z.array(z.string()).default([]).describe('Folders of Sigma rules, besides our own pack and installed sets.'),
  disable: z
    .array(ruleSelector)
    .default([])
    .describe('Rules that do not run: by id, tag:attack.t1059, file:windows/* or set:NAME.'),
  levels: z
    .record(ruleSelector, z.enum(LEVELS))
    .default({})
    .describe(
      'Levels in place of what rules say, by the same words: tag:attack.t1059: low. An id goes before the others.',
    ),
  placeholders: z
    .record(z.string().regex(/^[^%\s]+$/, 'a name without % or spaces'), z.array(placeholderValues))
    .default({})
    .describe('What %name% stands for in rules that say expand: admins: [root, anna].'),
  alerts: z
    .strictObject({
      level: z
        .enum(LEVELS)
        .default('medium')
        .describe('Rules of others raise alerts from this level. What is below is only noted on the event.'),
      status: z
        .enum(RULE_STATUSES)
        .default('test')
        .describe('And from this maturity: stable is the highest. A rule that says nothing counts as test.'),
    })
    .prefault({}),
});

export const configSchema = z.strictObject({
  http: httpSchema.prefault({}),
  agents: agentsSchema.prefault({}),
  honeypot: honeypotSchema.prefault({}),
  sources: sourcesSchema.prefault({}),
  host: z
    .strictObject({
      name: z.string().optional().describe('This machine’s name in events; its host name when absent.'),
      root: z.string().default('/').describe('Where the watched machine’s root is mounted, in a container.'),
      always_on: z
        .boolean()
        .optional()
        .describe(
          'false: it sleeps now and then, and its silence is no outage. By default a machine with a battery does.',
        ),
    })
    .prefault({}),
  rules: rulesSchema.prefault({}),
  retention: z
    .strictObject({
      days: z.int().min(0).max(3660).default(90).describe('Events of days before are thrown away; 0: never by age.'),
      size_gb: z.number().min(0).default(10).describe('What all events together may take on the disk; 0: no limit.'),
      free_gb: z.number().min(0).default(1).describe('What must stay free on the disk; 0: nothing.'),
    })
    .prefault({})
    .describe('Whole days are thrown away, the oldest first. Alerts and their evidence stay.'),
  backup: z
    .strictObject({
      remind_days: z
        .int()
        .min(0)
        .max(3660)
        .default(30)
        .describe('Days after the newest backup from which the page and doctor say that it is old; 0: never.'),
    })
    .prefault({})
    .describe('porchlight backup copies everything. Where none was ever made, nothing is said.'),
  ledger: z
    .strictObject({
      heads: z
        .string()
        .optional()
        .describe('A file, best on another machine, that each new head of the ledger is appended to.'),
    })
    .prefault({})
    .describe('The chain of hashes over all that was sealed.'),
  enrich: enrichSchema.prefault({}),
  notify: notifySchema.prefault({}),
  monitor: monitorSchema.prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type MonitorConfig = z.output<typeof monitorSchema>;
/** What `detect/score` goes by. */
export type ScoreSettings = Omit<MonitorConfig, 'interval'>;
export type AgentsConfig = Config['agents'];
export type SyslogConfig = Config['sources']['syslog'];
export type HoneypotConfig = Config['honeypot'];
export type RulesConfig = Config['rules'];
export type KeyConfig = z.output<typeof keySchema>;
