/** Reading that is broken off and begun again anywhere, while the log wraps and is cleared, tells each record once, or its loss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { channelAt } from './windows-event-log/channel.ts';
import { beginning, type Place, resumed, streamTag } from './windows-event-log/place.ts';
import { machine, reader, stampOf } from './windows-event-log/test-windows.ts';

type Step =
  | { readonly do: 'write'; readonly records: number }
  /** Reads so many records and then dies; what was consumed is committed, and nothing else. */
  | { readonly do: 'read'; readonly records: number }
  /** Only so many of the newest records stay. */
  | { readonly do: 'wrap'; readonly left: number }
  | { readonly do: 'clear'; readonly renumbers: boolean };

const amount = (max: number) => fc.integer({ min: 1, max });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), records: amount(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), records: amount(25) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wrap' as const), left: amount(10) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), renumbers: fc.boolean() }) },
);

interface Entry {
  readonly id: number;
  readonly stamp: string;
}

/** A log, and a naive account of it: what was ever written, what was told. */
function world() {
  let log: Entry[] = [];
  let next = 1;
  let written = 0;
  const everything: Entry[] = [];
  const told: Entry[] = [];
  let lost = 0;
  let place: Place = beginning('System', 0, 0);

  function readSome(most: number): void {
    const known =
      place.last === undefined ? [] : [{ key: place.key, mark: place.last.id + 1, detail: streamTag(place).detail }];
    const channel = channelAt('System', resumed(known, 'System') ?? place, () => 0);
    let left = most;
    for (let rounds = 0; rounds < 10; rounds++) {
      const start = channel.begin();
      const from = start.by === 'record' ? start.id : 0;
      let goOn: 'on' | 'again' = 'on';
      for (const entry of log.filter(({ id }) => id >= from)) {
        if (left <= 0) break;
        const result = channel.event({ ...entry, time: 0, text: '', isReadable: true });
        lost += result.loss === undefined ? 0 : 1;
        goOn = result.next;
        if (goOn === 'again') break;
        if (!result.isNew) continue;
        told.push(entry);
        place = channel.place;
        left--;
      }
      if (left <= 0) return;
      if (goOn === 'on') {
        const result = channel.caughtUp(log.at(-1)?.id);
        lost += result.loss === undefined ? 0 : 1;
        goOn = result.next;
      }
      if (goOn === 'on') return;
    }
    assert.fail('it never settles');
  }

  return {
    everything,
    told,
    losses: () => lost,
    run(one: Step): void {
      if (one.do === 'read') readSome(one.records);
      else if (one.do === 'wrap') log = log.slice(-one.left);
      else if (one.do === 'clear') {
        log = [];
        if (one.renumbers) next = 1;
      } else {
        for (let i = 0; i < one.records; i++) {
          const entry = { id: next++, stamp: stampOf(written++) };
          log.push(entry);
          everything.push(entry);
        }
      }
    },
  };
}

test('law: every record once and in order, or a loss is told', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 25 }), (steps) => {
      const one = world();
      for (const next of steps) one.run(next);
      one.run({ do: 'read', records: Infinity });
      const places = one.told.map((entry) => one.everything.indexOf(entry));
      assert.deepEqual(
        places,
        [...new Set(places)].toSorted((a, b) => a - b),
        'once, and in order',
      );
      const first = places[0] ?? one.everything.length;
      const missing = one.everything.filter((entry, i) => i > first && !one.told.includes(entry));
      if (missing.length > 0) assert.ok(one.losses() > 0, `${missing.length} are missing and nobody says so`);
      const isWhole = steps.every(({ do: what }) => what === 'write' || what === 'read');
      if (isWhole) {
        assert.equal(one.losses(), 0);
        assert.deepEqual(one.told, one.everything);
      }
    }),
    { seed: 1, numRuns: 5000 },
  );
});

test('with real processes: broken off and begun again anywhere', async (t) => {
  const run = async (cuts: readonly number[]): Promise<void> => {
    const pc = machine(t);
    const one = reader(pc, ['System', 'Security'], 'powershell');
    let written = 1;
    for (const cut of cuts) {
      pc.write('System', written, written + 20);
      pc.write('Security', written, written + 20);
      written += 20;
      const stop = one.records.length + cut;
      await one.read(() => one.records.length >= Math.min(stop, 2 * (written - 1)));
    }
    await one.read(() => one.records.length >= 2 * (written - 1));
    for (const channel of ['System', 'Security']) {
      const ids = one.ids().filter((id) => id.startsWith(channel));
      assert.deepEqual(
        ids,
        Array.from({ length: written - 1 }, (_, i) => `${channel}:${i + 1}`),
      );
    }
    assert.deepEqual(one.losses, []);
  };
  await fc.assert(fc.asyncProperty(fc.array(amount(40), { minLength: 2, maxLength: 4 }), run), { seed: 1, numRuns: 4 });
});
