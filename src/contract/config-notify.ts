/** Settings of the ways to a person. */
import { z } from 'zod';
import { port } from './config-network.ts';

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

export const notifySchema = z.strictObject({
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
