/**
 * `porchlight.yaml`: every key has a default, an unknown key is an error. `docs/config.md` is generated from here.
 * Secrets are written `${NAME}` (environment) or `file:/path`; `app/config` puts them in before this schema sees them.
 */
import { z } from 'zod';
import { ROLES } from './access.ts';
import { DEFAULT_PORT } from './paths.ts';

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

const sourcesSchema = z.strictObject({
  log_candidates: z
    .array(z.string())
    .default(['/var/log/auth.log', '/var/log/secure', '/var/log/syslog', '/var/log/messages', '/var/log/kern.log'])
    .describe('Files to follow where they exist and can be read.'),
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

export const configSchema = z.strictObject({
  http: httpSchema.prefault({}),
  honeypot: honeypotSchema.prefault({}),
  sources: sourcesSchema.prefault({}),
  host: z
    .strictObject({
      name: z.string().optional().describe('This machine’s name in events; its host name when absent.'),
      root: z.string().default('/').describe('Where the watched machine’s root is mounted, in a container.'),
    })
    .prefault({}),
  rules: z
    .strictObject({
      folders: z.array(z.string()).default([]).describe('Folders of Sigma rules, besides our own pack.'),
    })
    .prefault({}),
  enrich: enrichSchema.prefault({}),
  notify: notifySchema.prefault({}),
  monitor: monitorSchema.prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type MonitorConfig = z.output<typeof monitorSchema>;
/** What `detect/score` goes by. */
export type ScoreSettings = Omit<MonitorConfig, 'interval'>;
export type HoneypotConfig = Config['honeypot'];
export type KeyConfig = z.output<typeof keySchema>;
