/** Machines that report to a house, for a picture: the real product, and what agents send, by hand over TLS. */
import { type Door, type Head, lineOf, openDoor, reportOf, tokenOf } from '../../src/app/agents/door.fixture.ts';
import { sourceOf } from '../web/agents.ts';
import { freePort, openHouse } from './house.ts';

export interface Agents {
  readonly url: string;
  close(): Promise<void>;
}

interface Machine {
  readonly name: string;
  readonly host?: string;
  readonly sleeps?: boolean;
  readonly lines: number;
  /** Of these lines, how many are blank. */
  readonly blank?: number;
  /** Records given up before the last line. */
  readonly evicted?: number;
}

const MACHINES: readonly Machine[] = [
  { name: 'attic', host: 'raspberrypi', lines: 4815, blank: 7, evicted: 40 },
  { name: 'media', lines: 1204 },
  { name: 'pi-hole', lines: 2864 },
  { name: 'laptop', host: 'annas-laptop', sleeps: true, lines: 311 },
];
const LOG = 'file:/var/log/auth.log';
const SOURCES: NonNullable<Head['sources']> = [{ id: LOG, path: '/var/log/auth.log' }];
const BEAT = 20_000;

export async function openAgents(): Promise<Agents> {
  const house = await openHouse([`agents: { listen: '127.0.0.1:${await freePort()}' }`]);
  const beats: (() => Promise<unknown>)[] = [];
  try {
    await house.up('--quiet');
    for (const machine of MACHINES) {
      const { token } = await house.client.call('addAgent', { body: { name: machine.name } });
      const door = await openDoor(tokenOf(token));
      const beat = await tell(door, (await door.enroll(tokenOf(token).secret)).key, machine);
      if (machine.sleeps !== true) beats.push(beat);
    }
    await house.client.call('addAgent', { body: { name: 'garage' } });
  } catch (error) {
    await house.close();
    throw error;
  }
  const timer = setInterval(() => void Promise.all(beats.map((beat) => beat())).catch(() => undefined), BEAT);
  return {
    url: house.url,
    close() {
      clearInterval(timer);
      return house.close();
    },
  };
}

/** Sends what a machine has; the answer sends its heartbeat. */
async function tell(door: Door, key: string, machine: Machine): Promise<() => Promise<unknown>> {
  const { name, host = name, sleeps = false, lines, blank = 0, evicted = 0 } = machine;
  const texts = Array.from({ length: lines }, (_, at) =>
    lineOf(at < blank ? '' : `${new Date().toISOString()} ${name} CRON[${1000 + at}]: (root) CMD (run-parts)`),
  );
  const last = texts.pop() ?? '';
  const account = { ...sourceOf(LOG, lines + evicted), sent: lines, gaps: [] };
  const report = reportOf({
    host,
    always_on: !sleeps,
    spool: { records: 0, bytes: 0, limit: 1_073_741_824, oldest: null, quarantined: 0, parked: 0 },
    sources: [{ ...account, dropped: evicted === 0 ? {} : { evicted } }],
  });
  const first = lines - 1;
  const end = lines + evicted;
  const gap = evicted === 0 ? {} : { gap: { from: first, to: first + evicted, reason: 'evicted' as const } };
  const send = async (head: Head, sent: readonly string[]): Promise<void> => {
    const { status, body } = await door.batch(key, { sources: SOURCES, report, ...head }, sent);
    if (status !== 201) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
  };
  await send({ from: 0, to: first }, texts);
  await send({ from: end - 1, to: end, ...gap }, [last]);
  return () => send({ from: end, to: end }, []);
}
