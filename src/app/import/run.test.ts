/** Real files through the real pipeline into a real store; and beside a real server, which follows the same files. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Config, isoTime } from '#contract';
import { openSqliteStore, type Store } from '#store';
import { parseConfig } from '../config.ts';
import { startServer } from '../server.ts';
import type { Means } from './job.ts';
import { importFiles, type Outcome } from './run.ts';

const DAY = 24 * 3_600_000;

interface Bench {
  readonly folder: string;
  readonly data: string;
  readonly config: Config;
  readonly said: string[];
  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array, modified?: number): string;
  run(files: readonly string[], means?: Partial<Means>): Promise<Outcome>;
  /** Looks into the store, which nobody has open. */
  inStore<T>(look: (store: Store) => Promise<T>): Promise<T>;
  /** Messages in the order they were stored. */
  messages(q?: string): Promise<string[]>;
}

function bench(t: TestContext): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-import-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [data, root] = [join(folder, 'data'), join(folder, 'root')];
  mkdirSync(join(root, 'var/log'), { recursive: true });
  mkdirSync(join(root, 'proc'));
  const text = `host: { name: nas, root: ${JSON.stringify(root)} }\nhoneypot: { enabled: false }\nhttp: { port: 0 }\n`;
  const config = parseConfig({ path: 'porchlight.yaml', text }, {});
  const said: string[] = [];
  async function inStore<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const store = await openSqliteStore(join(data, 'porchlight.db'));
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }
  return {
    folder,
    data,
    config,
    said,
    inStore,
    file(name, content, modified) {
      const path = join(folder, name);
      writeFileSync(path, content);
      if (modified !== undefined) utimesSync(path, modified / 1000, modified / 1000);
      return path;
    },
    run(files, means = {}) {
      const signal = new AbortController().signal;
      const say = (line: string): void => void said.push(line);
      return importFiles(files, data, {
        config,
        host: 'nas',
        timezoneOf: () => 'UTC',
        now: Date.now,
        signal,
        say,
        ...means,
      });
    },
    messages: (q = '') =>
      inStore(async (store) => {
        const all: string[] = [];
        for (let after: `${number}-${number}` = '0-0'; ;) {
          const { items } = await store.events({ q, limit: 1000, after });
          all.push(...items.map(({ event }) => String(event['message'])));
          const last = items.at(-1)?.id;
          if (last === undefined || items.length < 1000) return all;
          after = last;
        }
      }),
  };
}

const counts = ({ tallies }: Outcome): (readonly [taken: number, known: number, bad: number])[] =>
  tallies.map(({ taken, known, bad }) => [taken, known, bad]);

const stamp = (at: number): string => isoTime(at).slice(0, 19).replace('T', ' ');
const NOON = Date.UTC(2025, 10, 30, 12);

const metrics = (from: number, to: number, start = NOON): string =>
  Array.from({ length: to - from }, (_, i) => {
    const entries = [
      { level: 'info', metric: 'cpu_load', value: 0.42, message: 'CPU load average: 0.42' },
      { level: 'info', metric: 'memory_used_pct', value: 61.5, message: 'Memory used: 61.5%' },
      { level: 'alert', metric: 'established_connections', value: from + i, message: 'Established' },
    ];
    return `${JSON.stringify({ timestamp: stamp(start + (from + i) * 10_000), security_score: 92, entries })}\n`;
  }).join('');

/** A line a minute as rsyslog writes it with a zone, number `n` at `NOON` + n minutes. */
const minutes = (from: number, to: number, start = NOON): string =>
  Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return `${isoTime(start + n * 60_000)} nas backupd[7]: line ${n}\n`;
  }).join('');
const texts = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

test('the history of an earlier monitor: points of the charts, warnings that are found, each once', async (t) => {
  const { file, run, inStore, said } = bench(t);
  const first = file('monitor_metrics.jsonl', `${metrics(0, 6000)}{"timestamp":\n${metrics(6000, 6002)}`);
  const warning = { timestamp: stamp(NOON), alerts: ['Recent failed login attempts: 23 (last 300 lines)', 'b: 2'] };
  const second = file('monitor_alerts.jsonl', `${JSON.stringify(warning)}\n`);
  const outcome = await run([first, second], { timezoneOf: () => 'Europe/Berlin' });
  assert.deepEqual(counts(outcome), [
    [6002, 0, 1],
    [1, 0, 0],
  ]);
  assert.ok(said.includes(`${first}:6001: not JSON`), said.join('\n'));
  await inStore(async (store) => {
    const points = await store.metrics({ host: 'nas', limit: 10_000 });
    assert.equal(points.length, 6002);
    assert.deepEqual(points[1], {
      at: NOON - 3_600_000 + 10_000,
      score: 92,
      load: 0.42,
      cpus: 0,
      memory_pct: 61.5,
      connections: 1,
    });
    assert.deepEqual(
      (await store.snapshots()).map(({ snapshot, historic }) => [snapshot.host, historic]),
      [['nas', true]],
    );
    const { items } = await store.events({ q: 'event.dataset:porchlight.monitor_alert "failed login"', limit: 9 });
    assert.deepEqual(
      items.map(({ event }) => [event['@timestamp'], event['host.name'], event['message'], event['porchlight.alerts']]),
      [[NOON - 3_600_000, 'nas', warning.alerts.join('; '), warning.alerts]],
    );
  });

  assert.deepEqual(counts(await run([first, second], { timezoneOf: () => 'Europe/Berlin' })), [
    [0, 6003, 0],
    [0, 1, 0],
  ]);
  appendFileSync(first, metrics(6002, 6010));
  appendFileSync(second, `${JSON.stringify({ ...warning, timestamp: stamp(NOON + 60_000) })}\n`);
  assert.deepEqual(counts(await run([first, second], { timezoneOf: () => 'Europe/Berlin' })), [
    [8, 6003, 0],
    [1, 1, 0],
  ]);
  assert.equal(await inStore(async (store) => (await store.metrics({ host: 'nas', limit: 10_000 })).length), 6010);
});

test('another machine’s history is another one, and looks that were stored as they came are not doubled', async (t) => {
  const { file, run, inStore } = bench(t);
  const path = file('monitor_metrics.jsonl', metrics(0, 3));
  assert.deepEqual(counts(await run([path])), [[3, 0, 0]]);
  assert.deepEqual(counts(await run([path], { host: 'pi' })), [[3, 0, 0]]);
  // The same seconds, in a file that holds more: half a second later is the same look.
  const more = file('more.jsonl', metrics(-1, 4));
  assert.deepEqual(counts(await run([more])), [[2, 3, 0]]);
  await inStore(async (store) => {
    assert.equal((await store.metrics({ host: 'nas', limit: 10 })).length, 5);
    assert.equal((await store.metrics({ host: 'pi', limit: 10 })).length, 3);
  });
});

test('a log is taken once, whatever it is called by now, packed or not, and goes on where it has grown', async (t) => {
  const { file, run, messages } = bench(t);
  const log = file('old.log', minutes(0, 3000));
  assert.deepEqual(counts(await run([log])), [[3000, 0, 0]]);
  const packed = file('old.log.1.gz', gzipSync(minutes(0, 3000)));
  assert.deepEqual(counts(await run([packed, log])), [
    [0, 3000, 0],
    [0, 3000, 0],
  ]);
  appendFileSync(log, minutes(3000, 3100));
  assert.deepEqual(counts(await run([log, log])), [
    [100, 3000, 0],
    [0, 3100, 0],
  ]);
  assert.deepEqual(await messages(), texts(0, 3100));
});

test('sixty days of attacks: all of it is in, all alerts are historic, nobody is told', async (t) => {
  const { file, run, inStore } = bench(t);
  const now = Date.now();
  const attack = (day: number): string =>
    Array.from({ length: 40 }, (_, n) => {
      const at = isoTime(now - day * DAY + n * 1000);
      return `${at} nas sshd[${n}]: Failed password for root from 203.0.113.${day} port ${1000 + n} ssh2\n`;
    }).join('');
  const days = Array.from({ length: 60 }, (_, i) => 60 - i);
  const log = file('auth.log', days.map(attack).join(''));
  assert.deepEqual(counts(await run([log])), [[2400, 0, 0]]);
  await inStore(async (store) => {
    const { items } = await store.alerts({ q: '', limit: 200 });
    const guessing = items.filter(({ alert }) => alert.title === 'Password guessing over SSH');
    assert.equal(guessing.length, 60);
    assert.ok(items.every(({ alert }) => alert.historic));
    assert.deepEqual(await store.outbox(now + DAY, 10), []);
  });
});

test('however old a stamp is; without a year it is of the year in which the file was last written', async (t) => {
  const { file, run, inStore } = bench(t);
  const log = file(
    'old.log',
    '2001-02-03T04:05:06Z nas a[1]: w\nDec 31 23:59:59 nas a[1]: x\nJan  1 00:00:01 nas a[1]: y\n',
    Date.UTC(2019, 0, 1, 1),
  );
  await run([log]);
  const times = await inStore(async (store) =>
    (await store.events({ q: '', limit: 9 })).items.map(({ event }) => isoTime(event['@timestamp'])),
  );
  assert.deepEqual(times, ['2019-01-01T00:00:01.000Z', '2018-12-31T23:59:59.000Z', '2001-02-03T04:05:06.000Z']);
});

test('stopped in the middle: what is in is whole, and the same call brings the rest', async (t) => {
  const { file, run, messages } = bench(t);
  const log = file('old.log', minutes(0, 60_000));
  const stop = new AbortController();
  // The clock is looked at once a batch and once a chunk of the file.
  let looks = 0;
  const now = (): number => {
    if (++looks === 12) stop.abort();
    return Date.now();
  };
  const outcome = await run([log], { signal: stop.signal, now });
  assert.equal(outcome.stopped, true);
  const before = await messages();
  assert.deepEqual(before, texts(0, before.length));
  assert.ok(before.length > 0 && before.length < 60_000, `${before.length} were in already`);
  assert.equal(outcome.tallies[0]?.taken, before.length);
  const rest = await run([log]);
  assert.deepEqual(counts(rest), [[60_000 - before.length, before.length, 0]]);
  assert.deepEqual(await messages(), texts(0, 60_000));
});

test('what cannot be taken is named, and the rest is in', async (t) => {
  const { file, run, folder } = bench(t);
  const good = file('good.log', minutes(0, 3));
  const packed = file('a.xz', Buffer.from('\xfd7zXZ\0', 'latin1'));
  const { tallies } = await run([join(folder, 'none.log'), folder, packed, good]);
  assert.deepEqual(
    tallies.map(({ failed, taken }) => [failed?.split(':')[0], taken]),
    [
      ['is not there', 0],
      ['is a folder', 0],
      ['is packed with xz', 0],
      [undefined, 3],
    ],
  );
});

/** Starts the real server, waits for what it follows, and ends it. */
async function serve(
  { config, data }: Bench,
  wanted: number,
  meanwhile = async (): Promise<void> => {},
): Promise<void> {
  const server = await startServer({ config, dataFolder: data, now: Date.now });
  try {
    await meanwhile();
    const enough = (): boolean => server.backend.eventCount() >= wanted;
    await new Promise<void>((resolve) => {
      const done = (): void => void (enough() && resolve());
      server.backend.onCommit(done);
      done();
    });
  } finally {
    await server.close();
  }
}

test('a log that the server follows: older lines come by import, and no line comes twice', async (t) => {
  const house = bench(t);
  const now = Date.now();
  const start = now - 100 * 60_000 * 60;
  const log = join(house.config.host.root, 'var/log/auth.log');
  // A line an hour, a hundred hours: the last 24 are taken at first sight.
  const hourly = (from: number, to: number): string =>
    Array.from(
      { length: to - from },
      (_, i) => `${isoTime(start + (from + i + 0.5) * 3_600_000)} nas a[7]: line ${from + i}\n`,
    ).join('');
  writeFileSync(log, hourly(0, 100));
  await serve(house, 24);
  // From a clock that is wrong by days: what comes after the first sight is taken whatever its age.
  await serve(house, 25, async () => appendFileSync(log, hourly(0, 1).replace('line 0', 'line 100')));
  assert.deepEqual(await house.messages(), texts(76, 101));
  assert.deepEqual(counts(await house.run([log])), [[76, 25, 0]]);
  assert.deepEqual((await house.messages()).toSorted(), texts(0, 101).toSorted());

  // Rotated, and packed: it is the same file still.
  renameSync(log, `${log}.1`);
  const packed = house.file('auth.log.2.gz', gzipSync(readFileSync(`${log}.1`)));
  assert.deepEqual(counts(await house.run([`${log}.1`, packed])), [
    [0, 101, 0],
    [0, 101, 0],
  ]);
});

test('a log that was imported before the server saw it: it goes on from there', async (t) => {
  const house = bench(t);
  const log = join(house.config.host.root, 'var/log/auth.log');
  const start = Date.now() - 3_600_000;
  writeFileSync(log, `${minutes(0, 40, start)}${isoTime(start)} nas backupd[7]: li`);
  assert.deepEqual(counts(await house.run([log])), [[40, 0, 0]]);
  appendFileSync(log, 'ne 40\n');
  await serve(house, 42, async () => appendFileSync(log, minutes(41, 42, start)));
  assert.deepEqual(await house.messages(), texts(0, 42));
  assert.deepEqual(counts(await house.run([log])), [[0, 42, 0]]);
});

test('beside a running server: refused, with what to do', async (t) => {
  const house = bench(t);
  const path = house.file('old.log', minutes(0, 3));
  const server = await startServer({ config: house.config, dataFolder: house.data, now: Date.now });
  t.after(() => server.close());
  await assert.rejects(house.run([path]), { code: 'DATA_FOLDER', message: /in use.*Stop the server, import/s });
});
