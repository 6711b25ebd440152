/** Rules that change while the hub works: real threads, a real store, rule files in a folder of their own. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RawRecord } from '#contract';
import { configSchema } from '#contract/schema';
import { counters as createCounters } from '#lib/counters';
import type { Store } from '#store';
import { createHub, type Hub } from '../hub.ts';
import { type PipelineThread, startPipelineThread, startStoreThread } from '../threads.ts';
import { keepRules, type RuleKeeper } from './keeper.ts';
import { rulePlaces } from './places.ts';

const id = (n: number): string => `${n}1111111-1111-4111-8111-111111111111`;
const word = (n: number, title: string, said: string, level = 'high'): string =>
  `title: ${title}\nid: ${id(n)}\nname: ${title}\nlevel: ${level}\nstatus: test\nlogsource: {product: linux}\n` +
  `detection: {keywords: [${said}], condition: keywords}\n`;
const THREE = `title: Three of them
id: ${id(9)}
level: high
status: test
correlation: {type: event_count, rules: [Knock], group-by: [host.name], timespan: 10m, condition: {gte: 3}}
`;

interface Bench {
  readonly hub: Hub;
  readonly store: Store;
  readonly keeper: RuleKeeper;
  readonly folder: string;
  readonly troubles: (string | undefined)[];
  readonly pipelines: PipelineThread[];
  /** Settings as they are read the next time. */
  settings: object | Error;
  write(file: string, text: string): void;
  say(...messages: readonly string[]): Promise<void>;
  alerts(): Promise<string[]>;
}

/** `start` may stand in for a pipeline thread: it gets the number of the start, from 1. */
async function bench(
  t: TestContext,
  start: (thread: () => PipelineThread, number: number) => PipelineThread = (thread) => thread(),
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-reload-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const mine = join(folder, 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'knock.yml'), `${word(1, 'Knock', 'knocked')}---\n${THREE}`);
  const thread = startStoreThread(folder);
  t.after(async () => {
    await thread.store.close();
    await thread.stop();
  });
  const troubles: (string | undefined)[] = [];
  const pipelines: PipelineThread[] = [];
  const parsed = (settings: object) => configSchema.parse({ rules: { folders: [mine], ...settings } });
  let position = 0;
  const made = { settings: {} as object | Error };
  const keeper = keepRules({
    config: parsed({}).rules,
    dataFolder: folder,
    configPath: undefined,
    reread() {
      if (made.settings instanceof Error) throw made.settings;
      return parsed(made.settings).rules;
    },
    onTrouble: (reason) => troubles.push(reason),
  });
  const real = (): PipelineThread =>
    startPipelineThread({
      // Without our own pack, which would say something to every line of these tests.
      rules: { ...keeper.places(), own: join(folder, 'none') },
      hostName: 'nas',
      timezone: 'UTC',
      ownAddresses: [],
      backfill: 86_400_000,
      notifyLevel: 'high',
      channels: [],
      score: parsed({}).monitor,
    });
  mkdirSync(join(folder, 'none'));
  const hub = await createHub({
    store: thread.store,
    startPipeline() {
      const pipeline = start(real, pipelines.length + 1);
      pipelines.push(pipeline);
      return pipeline;
    },
    counters: createCounters(),
    now: Date.now,
    onRecords: () => undefined,
    onTrouble: () => undefined,
  });
  t.after(() => hub.close());
  const stop = new AbortController();
  t.after(() => stop.abort());
  keeper.watch(hub, stop.signal);
  return Object.assign(made, {
    hub,
    store: thread.store,
    keeper,
    folder,
    troubles,
    pipelines,
    write: (file: string, text: string) => writeFileSync(join(mine, file), text),
    async say(...messages: readonly string[]) {
      const records = messages.map((text): RawRecord => {
        const stamp = new Date().toISOString();
        return {
          source: { id: 'file:/x', agent: 'local', host: 'nas', type: 'syslog', path: '/x' },
          received: Date.now(),
          text: `${stamp} nas door: ${text}`,
          position: { stream: { key: 'file:/x@1', detail: '{}' }, from: position, to: ++position },
        };
      });
      await hub.put(records, stop.signal);
      await hub.settled();
    },
    async alerts() {
      const { items } = await thread.store.alerts({ limit: 100, q: '' });
      return items.map(({ alert }) => alert.title).toSorted();
    },
  });
}

test('new rules work after a reload, and correlations go on with what they have', async (t) => {
  const { hub, keeper, say, alerts, write, pipelines } = await bench(t);
  await say('it knocked', 'it knocked');
  assert.deepEqual(await alerts(), []);
  write('ring.yml', word(2, 'Ring', 'rang'));
  write('broken.yml', 'title: [\n');
  const list = await keeper.reload();
  assert.deepEqual(list.items.map(({ title }) => title).toSorted(), ['Knock', 'Ring', 'Three of them']);
  assert.equal(list.problems.length, 1);
  assert.equal(hub.rules(), list);
  assert.equal(pipelines.length, 2);
  await assert.rejects(async () => pipelines[0]?.describe(), 'the one that was replaced has let its rules go');
  await say('it knocked', 'it rang');
  assert.deepEqual(await alerts(), ['Ring', 'Three of them']);
});

test('an alert that was open before a reload takes what comes after it', async (t) => {
  const { keeper, say, store, write } = await bench(t);
  write('ring.yml', word(2, 'Ring', 'rang'));
  await keeper.reload();
  await say('it rang');
  await keeper.reload();
  await say('it rang');
  const { items } = await store.alerts({ limit: 100, q: '' });
  assert.deepEqual(
    items.map(({ alert }) => [alert.title, alert.count]),
    [['Ring', 2]],
  );
});

test('reloads while lines come in: each is stored once, in its order, and matched by old rules or new ones', async (t) => {
  const { keeper, say, store, write } = await bench(t);
  const said: string[] = [];
  let done = false;
  const reloads = (async () => {
    for (let n = 0; n < 4; n++) {
      write('ring.yml', word(2, `Ring ${n}`, 'rang'));
      await keeper.reload();
    }
    done = true;
  })();
  for (let n = 0; !done; n++) {
    said.push(`number ${n} rang`);
    await say(`number ${n} rang`);
  }
  await reloads;
  await say('the last rang');
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.events({ q: 'rang', limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items.map(({ event }) => String(event['message'])));
    if (page.next === undefined || page.next === null) break;
    cursor = page.next;
  }
  assert.deepEqual(
    found.toReversed().map((message) => message.replace(/^.*door: /, '')),
    [...said, 'the last rang'],
  );
});

test('where new rules cannot be put in force, the old ones go on, and it is said', async (t) => {
  const { keeper, say, alerts, write, hub, troubles } = await bench(t, (thread, number) => {
    const real = thread();
    return number === 2 ? { ...real, adopt: () => Promise.reject(new Error('no room')) } : real;
  });
  await say('it knocked', 'it knocked');
  write('ring.yml', word(2, 'Ring', 'rang'));
  await assert.rejects(keeper.reload(), /no room/);
  assert.deepEqual(hub.rules().items.length, 2);
  assert.match(String(troubles.at(-1)), /the newest rules are not in force: no room/);
  await say('it knocked', 'it rang');
  assert.deepEqual(await alerts(), ['Three of them']);
  await keeper.reload();
  assert.equal(troubles.at(-1), undefined);
  await say('it rang');
  assert.deepEqual(await alerts(), ['Ring', 'Three of them']);
});

test('a configuration that is broken changes nothing', async (t) => {
  const made = await bench(t);
  made.settings = new Error('unknown key "leveles"');
  await assert.rejects(made.keeper.reload(), /leveles/);
  assert.equal(made.pipelines.length, 1);
  made.settings = { levels: { [id(1)]: 'low' } };
  const { items } = await made.keeper.reload();
  assert.equal(items.find((rule) => rule.id === id(1))?.level, 'low');
});

test('a file that changes is noticed by itself, and so is a switch', async (t) => {
  const { keeper, hub, write, say, alerts, folder } = await bench(t);
  write('ring.yml', word(2, 'Ring', 'rang'));
  await seen(() => hub.rules().items.some(({ title }) => title === 'Ring'));
  assert.equal((await keeper.switchRule(id(2), 'off'))?.state, 'off');
  await say('it rang');
  assert.deepEqual(await alerts(), []);
  assert.equal(await keeper.switchRule('no such rule', 'off'), undefined);
  writeFileSync(join(folder, 'rule-switches.json'), '{}');
  await seen(() => hub.rules().items.every(({ state }) => state !== 'off'));
  await say('it rang');
  assert.deepEqual(await alerts(), ['Ring']);
});

/** The watch has no event that could be awaited: that is what it is for. The runner's own limit ends a wait in vain. */
async function seen(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('who asks for several reloads at once gets the newest rules, after two at most', async (t) => {
  const { keeper, write, pipelines } = await bench(t);
  const first = keeper.reload();
  write('ring.yml', word(2, 'Ring', 'rang'));
  const rest = await Promise.all([keeper.reload(), keeper.reload(), keeper.reload()]);
  await first;
  for (const { items } of rest) assert.equal(items.length, 3);
  assert.equal(pipelines.length, 3);
});

test('what is only noted stands on the event and can be found', async (t) => {
  const { keeper, say, alerts, store, write } = await bench(t);
  write('ring.yml', `${word(2, 'Ring', 'rang', 'low')}---\n${word(3, 'Ring loudly', 'rang', 'informational')}`);
  const { items } = await keeper.reload();
  assert.deepEqual(
    items.map(({ title, state }) => `${title}: ${state}`),
    ['Knock: feeds', 'Three of them: alerts', 'Ring: records', 'Ring loudly: records'],
  );
  await say('it rang', 'nothing');
  assert.deepEqual(await alerts(), []);
  const { items: events } = await store.events({ q: 'porchlight.rule.name:"Ring loudly"', limit: 10 });
  const [found] = events.map(({ event }) => [
    event['porchlight.rule.id'],
    event['porchlight.rule.name'],
    event['porchlight.rule.level'],
  ]);
  assert.deepEqual([events.length, found], [1, [[id(2), id(3)], ['Ring', 'Ring loudly'], 'low']]);
});

test('at the end nobody waits for rules', async (t) => {
  const { keeper, hub } = await bench(t);
  const reload = keeper.reload();
  await hub.close();
  await assert.rejects(reload);
});

test('places are plain data: they travel to a thread', () => {
  const places = rulePlaces(configSchema.parse({}).rules, '/data');
  assert.deepEqual(structuredClone(places), places);
});
