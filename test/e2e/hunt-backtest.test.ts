/** The rule time machine as a person types it: over a store at rest, and beside a server that runs. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHouse } from './house.ts';

const RULE = `title: Wrong password
id: 0f5b7c1e-8d2a-4b6f-9a11-123456789abc
level: high
status: test
logsource: { product: linux, service: sshd }
detection:
  selection: { event.outcome: failure }
  condition: selection
porchlight: { entity: source.ip, sentence: '{source.ip} failed {count} times' }
`;

const DAY = 86_400_000;

function failures(now: number): string {
  const lines = [...Array.from({ length: 1500 }, (_, at) => now - 3 * DAY + at * 1000), now - 2 * DAY, now - 40 * DAY];
  return lines
    .toSorted((one, other) => one - other)
    .map(
      (time) =>
        `${new Date(time).toISOString()} nas sshd[7]: Failed password for root from 203.0.113.7 port 5000 ssh2\n`,
    )
    .join('');
}

interface Result {
  readonly events: number;
  readonly hits: number;
  readonly days: readonly { readonly day: string; readonly hits: number }[];
  readonly alerts: readonly { readonly sentence: string }[];
  readonly pushes: readonly object[];
}

test('a rule is tried on what is stored, whoever has the store', async () => {
  const house = await openHouse();
  try {
    const [rule, log] = ['rule.yml', 'old.log'].map((name) => join(house.folder, name));
    assert.ok(rule !== undefined && log !== undefined);
    writeFileSync(rule, RULE);
    const nowhere = await house.shell(`./porchlight rules backtest ${rule}`);
    assert.equal(nowhere.code, 3);
    assert.match(nowhere.err, /there is no history in it, and no server answers/);

    const now = Date.now();
    writeFileSync(log, failures(now));
    await house.shell(`./porchlight import ${log}`);
    const atRest = await house.shell(`./porchlight rules backtest ${rule} --last 30d --host nas --json`);
    assert.equal(atRest.code, 0, atRest.err);
    const found = JSON.parse(atRest.out) as Result;
    assert.deepEqual([found.events, found.hits], [1501, 1501]);
    assert.equal(
      found.days.reduce((sum, { hits }) => sum + hits, 0),
      1501,
    );
    assert.match(found.alerts[0]?.sentence ?? '', /^203\.0\.113\.7 failed 150[01] times$/);
    assert.equal(found.pushes.length, found.alerts.length);

    const server = await house.up('--quiet');
    const beside = await house.shell(`./porchlight rules backtest ${rule} --host nas --json`);
    assert.equal(beside.code, 0, beside.err);
    const same = JSON.parse(beside.out) as Result;
    assert.deepEqual([same.hits, same.days, same.alerts], [found.hits, found.days, found.alerts]);
    const words = await house.shell(`./porchlight rules backtest ${rule} --last 1h`);
    assert.match(words.out, /It would not have matched\./);
    await server.stop();
  } finally {
    await house.close();
  }
});

test('what cannot be tried is told', async () => {
  const house = await openHouse();
  try {
    const rule = join(house.folder, 'rule.yml');
    writeFileSync(rule, RULE.replace('condition: selection', 'condition: nothing'));
    const refused = await house.shell(`./porchlight rules backtest ${rule}`);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /refused: .*rule\.yml:\d+:\d+: /);
    for (const [words, why] of [
      ['no-such-rule', /there is no rule "no-such-rule"/],
      [`${rule} --last soon`, /--last soon: give a number/],
      ['', /name a rule/],
    ] as const) {
      const { code, err } = await house.shell(`./porchlight rules backtest ${words}`);
      assert.equal(code, 2);
      assert.match(err, why);
    }
  } finally {
    await house.close();
  }
});
