/** How commands reach a running server. */
import { existsSync } from 'node:fs';
import { ApiError, type Client, CodedError, createClient, DEFAULT_PORT } from '#contract';
import { type Context, type OptionSpec, text, type Values } from '../command.ts';
import { notedAddress } from '../server-address.ts';
import { configPlace, settingsOptions } from './config-place.ts';
import { nodeTransport } from './http.ts';

export const connectionOptions = {
  url: {
    type: 'string',
    value: 'URL',
    help: 'The server. Default: PORCHLIGHT_URL, else the one that has the data folder, else this machine with the port of the configuration.',
  },
  ...settingsOptions,
} as const satisfies Record<string, OptionSpec>;

export interface Connection {
  readonly client: Client;
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A key for a server elsewhere comes from PORCHLIGHT_KEY: never from argv, where others can read it. */
export async function connect(context: Context, values: Values): Promise<Connection> {
  const base = await baseUrl(context, values);
  const key = context.environment['PORCHLIGHT_KEY'];
  const client = createClient({ base, transport: nodeTransport, ...(key === undefined ? {} : { key }) });
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return { client: explaining(client, base), base, headers };
}

async function baseUrl(context: Context, values: Values): Promise<string> {
  const named = text(values, 'url') ?? context.environment['PORCHLIGHT_URL'];
  if (named === undefined)
    return notedAddress(configPlace(context, values).folder) ?? `http://127.0.0.1:${await localPort(context, values)}`;
  if (!URL.canParse(named))
    throw new CodedError('USAGE', `--url ${named} is not an address such as http://127.0.0.1:5000`);
  return named.replace(/\/+$/, '');
}

/** Without a configuration the port is known, and half of what a short command loads is not needed. */
async function localPort(context: Context, values: Values): Promise<number> {
  const { path, mustExist } = configPlace(context, values);
  if (!mustExist && !existsSync(path)) return DEFAULT_PORT;
  const { readSettings } = await import('./settings.ts');
  return readSettings(context, values).config.http.port;
}

/** The same client, with "nobody answers" told in words. */
function explaining(client: Client, base: string): Client {
  return {
    async call(name, options) {
      try {
        return await client.call(name, options);
      } catch (error) {
        if (error instanceof ApiError || options?.signal?.aborted === true) throw error;
        throw new CodedError('NO_SERVER', base, { cause: error });
      }
    },
  };
}
