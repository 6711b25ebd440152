/** Settings of what listens: the dashboard, the agents’ door, the honeypot. */
import { z } from 'zod';
import { ROLES } from './access.ts';
import { DEFAULT_PORT } from './paths.ts';

export const port = z.int().min(0).max(65535);

export const keySchema = z.strictObject({
  name: z.string().min(1).max(100).describe('Whose key this is. An agent key may only append under this name.'),
  role: z.enum(ROLES).describe('A viewer reads, an agent only sends logs, an admin may do all.'),
  key: z.string().min(20).describe('At least 20 characters; better as ${NAME} or file:/path.'),
});

export const httpSchema = z.strictObject({
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

export const agentsSchema = z
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

export const honeypotSchema = z.strictObject({
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
