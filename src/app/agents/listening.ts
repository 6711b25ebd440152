/**
 * The agents' listener while there is somebody to listen to: it starts with the first agent and ends with the last, without a restart. Its
 * certificate is looked after: renewed before its end, and when this machine has got another address.
 */
import { hostname, networkInterfaces } from 'node:os';
import { type AgentIntake, type AgentsListener, listenForAgents } from '#api';
import type { AgentsConfig } from '#contract';
import type { Counters } from '#lib/counters';
import { agentUrls, certificateNames, placeOf } from './addresses.ts';
import { type Credentials, readCredentials } from './credentials.ts';

export interface Listening {
  /** Listens if it does not yet. Throws CodedError AGENTS_LISTEN. */
  open(intake: AgentIntake): Promise<void>;
  close(): Promise<void>;
  /** Renews the certificate where it has to be. Throws CodedError AGENTS_LISTEN; the old one stays. */
  look(): Promise<void>;
  cut(agent: string): void;
  /** undefined while it does not listen. */
  place(): { readonly address: string; readonly port: number; readonly ca: string } | undefined;
  /** Where agents find it, most likely first. */
  urls(): readonly string[];
}

export interface ListeningOptions {
  readonly config: AgentsConfig;
  readonly folder: string;
  readonly counters: Counters;
  readonly now: () => number;
  readonly onFault: (fault: unknown, where: string) => void;
}

export function createListening({ config, folder, counters, now, onFault }: ListeningOptions): Listening {
  const { host, port } = placeOf(config.listen);
  const given =
    config.cert === undefined || config.key === undefined ? undefined : { cert: config.cert, key: config.key };
  const around = () => ({ interfaces: networkInterfaces(), hostName: hostname() });
  const names = (): string[] => certificateNames(host, config.names, around());
  let open: { readonly listener: AgentsListener; credentials: Credentials } | undefined;

  let last: Promise<unknown> = Promise.resolve();

  /** One after another: two who open at once would take the port from each other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  const read = (): Promise<Credentials> => readCredentials({ folder, given, names, now });
  return {
    open: (intake) =>
      inTurn(async () => {
        if (open !== undefined) return;
        const credentials = await read();
        const limits = { inflatedBytes: config.max_batch_bytes };
        const listener = await listenForAgents({ intake, counters, credentials, host, port, limits, onFault });
        open = { listener, credentials };
      }),
    close: () =>
      inTurn(async () => {
        const closing = open;
        open = undefined;
        await closing?.listener.close();
      }),
    look: () =>
      inTurn(async () => {
        const credentials = open === undefined ? undefined : await read();
        if (open === undefined || credentials === undefined || credentials.cert === open.credentials.cert) return;
        open.listener.renew(credentials);
        open.credentials = credentials;
      }),
    cut: (agent) => open?.listener.cut(agent),
    place: () =>
      open === undefined ? undefined : { address: host, port: open.listener.port, ca: open.credentials.ca },
    urls: () => agentUrls(host, open?.listener.port ?? port, config.names, around()),
  };
}
