/**
 * Telegram and e-mail switched on by the environment, for those who have it there already. What the file says comes first. Names that
 * begin with PORCHLIGHT_ are meant for us, so half a set is an error; the common ones may belong to another program, so half a set is
 * nothing. An empty value counts as absent.
 */
import type { z } from 'zod';
import { CodedError, type Config } from '#contract';
import { emailSchema, telegramSchema } from '#contract/schema';

type Environment = Readonly<Record<string, string | undefined>>;
type Notify = Config['notify'];

/** Key of the configuration → its variable after the prefix; the first that is set counts. */
type Names = Readonly<Record<string, readonly string[]>>;

const TELEGRAM: Names = { token: ['TOKEN', 'BOT_TOKEN'], chat_id: ['CHAT_ID'], api: ['API'] };
const SMTP: Names = {
  host: ['HOST'],
  port: ['PORT'],
  secure: ['SECURE'],
  user: ['USER', 'USERNAME'],
  password: ['PASSWORD', 'PASS'],
  from: ['FROM'],
  to: ['TO'],
};

export function withEnvironment(config: Config, environment: Environment): Config {
  const { notify } = config;
  const telegram: Notify['telegram'] =
    notify.telegram ?? channel(telegramSchema, environment, 'TELEGRAM_', TELEGRAM, ({ token }) => token !== undefined);
  const email: Notify['email'] =
    notify.email ?? channel(emailSchema, environment, 'SMTP_', SMTP, ({ host, to }) => (host ?? to) !== undefined);
  const found = { ...(telegram === undefined ? {} : { telegram }), ...(email === undefined ? {} : { email }) };
  return { ...config, notify: { ...notify, ...found } };
}

type Found = Readonly<Record<string, string>>;

function channel<T>(
  schema: z.ZodType<T>,
  environment: Environment,
  prefix: string,
  names: Names,
  isMeant: (found: Found) => boolean,
): T | undefined {
  for (const full of [`PORCHLIGHT_${prefix}`, prefix]) {
    const found = collect(environment, full, names);
    if (!isMeant(found)) continue;
    const result = schema.safeParse(valuesOf(found));
    if (result.success) return result.data;
    if (full !== prefix) {
      const issue = result.error.issues[0];
      const key = String(issue?.path[0]);
      // Never the value: it may be the secret.
      const fault = found[key] === undefined ? 'it is needed, and not set' : issue?.message;
      throw new CodedError('CONFIG', `the environment variable ${full}${names[key]?.[0] ?? ''}: ${fault ?? ''}`);
    }
  }
  return undefined;
}

function collect(environment: Environment, prefix: string, names: Names): Found {
  const entries = Object.entries(names).flatMap(([key, tails]): [string, string][] => {
    const value = tails.map((tail) => environment[`${prefix}${tail}`]).find((one) => one !== undefined && one !== '');
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

/** Text → the form that the configuration has. The account is often the sender, too. */
function valuesOf(found: Found): Record<string, unknown> {
  const { port, secure, to, from = found['user'], ...rest } = found;
  return {
    ...rest,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(secure === undefined ? {} : { secure: /^(1|true|yes|on)$/i.test(secure) }),
    ...(to === undefined ? {} : { to: to.split(/[\s,;]+/).filter((address) => address !== '') }),
    ...(from === undefined ? {} : { from }),
  };
}
