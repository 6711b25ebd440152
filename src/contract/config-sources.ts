/** Settings of where logs come from. */
import { z } from 'zod';

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

export const sourcesSchema = z.strictObject({
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
