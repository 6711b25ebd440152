/** Strangers at the honeypot, each from an address of its own. What the server once showed of them must stay. */
import { connect } from 'node:net';
import type { House } from './house.ts';
import { pause, until } from './waiting.ts';

export interface Visit {
  readonly address: string;
  /** The server showed the event: it was committed. */
  seen: boolean;
}

export interface Visitors {
  readonly visits: readonly Visit[];
  run(): void;
  stop(): Promise<void>;
}

export function visitors(house: House): Visitors {
  const visits: Visit[] = [];
  let stopping = false;
  let running: Promise<void> | undefined;

  async function go(): Promise<void> {
    while (!stopping) {
      await house.whenUp();
      const visit: Visit = { address: `127.1.${visits.length >> 8}.${visits.length & 255}`, seen: false };
      visits.push(visit);
      if (await knock(visit.address, house.honeypotPort)) await look(visit);
      await pause(300);
    }
  }

  async function look(visit: Visit): Promise<void> {
    const find = async (): Promise<true | undefined> => {
      const { items } = await house.client.call('listEvents', { query: { q: `source.ip:${visit.address}` } });
      return items.length > 0 ? true : undefined;
    };
    // Its record may die with the server between the door and the commit: then nobody was told of it.
    visit.seen = (await until('the visit is seen', find, 5_000).catch(() => undefined)) ?? false;
  }

  return {
    visits,
    run() {
      running = go();
      // Whoever stops them hears of it; a test that fails before does not.
      running.catch(() => undefined);
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}

/** Resolves once the door answered, or with false when nobody was there. */
function knock(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    socket.once('data', () => {
      socket.end('root\r\nadmin\r\n');
      resolve(true);
    });
  });
}
