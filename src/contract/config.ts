/**
 * `porchlight.yaml`: every key has a default, an unknown key is an error. `docs/config.md` is generated from here.
 * Secrets are written `${NAME}` (environment) or `file:/path`; `app/config` puts them in before this schema sees them.
 */
import { z } from 'zod';
import { monitorSchema } from './config-monitor.ts';
import { agentsSchema, honeypotSchema, httpSchema, type keySchema } from './config-network.ts';
import { notifySchema } from './config-notify.ts';
import { enrichSchema, rulesSchema } from './config-rules.ts';
import { sourcesSchema } from './config-sources.ts';

export { monitorSchema } from './config-monitor.ts';
export { emailSchema, telegramSchema } from './config-notify.ts';

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
