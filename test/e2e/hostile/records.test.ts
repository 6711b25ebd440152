/** Records made to break the intake: names of JavaScript's own, depth, width, length, and times that cannot be. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alertWhere, type House, openHouse } from '../house.ts';

let house: House;
before(async () => {
  house = await openHouse();
  await house.up('--quiet');
});
after(() => house.close());

async function send(
  body: string,
): Promise<{ status: number; accepted: number; rejected: readonly { reason: string }[] }> {
  const reply = await fetch(`${house.url}/api/logs`, { method: 'POST', body });
  const said = (await reply.json()) as { accepted: number; rejected: { reason: string }[] };
  return { status: reply.status, accepted: said.accepted, rejected: said.rejected };
}

/** What /metrics says of a reason. */
async function counted(reason: string): Promise<number> {
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  const line = metrics
    .split('\n')
    .find((one) => one.startsWith('porchlight_records_') && one.includes(`{label="${reason}"}`));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}

for (const name of ['__proto__', 'constructor', 'prototype']) {
  test(`a field called ${name} is counted, harmless, kept and found`, async () => {
    const already = await counted('reserved_field_name');
    const hidden = `hidden-${name.replaceAll('_', '')}`;
    const record = `{"message":"names","marker":"${hidden}","${name}":{"polluted":"${hidden}","isAdmin":true},"a":{"${name}":"${hidden}"}}`;
    assert.deepEqual(await send(record), { status: 201, accepted: 1, rejected: [] });
    assert.ok((await counted('reserved_field_name')) >= already + 2);
    assert.equal(await house.count(`${name}.polluted:${hidden}`), 1);
    assert.equal(await house.count(`a.${name}:${hidden}`), 1);
    const { items } = await house.client.call('listEvents', { query: { q: `marker:${hidden}` } });
    assert.equal(Object.entries(items[0] ?? {}).find(([field]) => field === `${name}.polluted`)?.[1], hidden);
    // Had it changed anything, a record without that name would have it now.
    await send('{"message":"innocent","marker":"innocent"}');
    const innocent = (await house.client.call('listEvents', { query: { q: 'marker:innocent' } })).items[0] ?? {};
    assert.ok(Object.keys(innocent).every((field) => !/polluted|isAdmin/.test(field)));
  });
}

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const wide = (fields: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, n) => [`f${n}`, n])));

const REFUSED: readonly (readonly [name: string, body: string, reason: string])[] = [
  ['33 levels', nested(33), 'It is nested deeper than 32 levels.'],
  ['100,000 levels', nested(100_000), 'It is nested deeper than 32 levels.'],
  ['100,000 arrays in one another', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'It is nested deeper'],
  ['1,001 fields', wide(1001), 'It has more than 1000 fields.'],
  ['more than 1 MiB', JSON.stringify({ message: 'x'.repeat(1024 * 1024) }), 'It is longer than 1048576 characters.'],
];

for (const [name, body, reason] of REFUSED) {
  test(`a record of ${name} is refused alone, with the reason, and counted`, async () => {
    const already = await counted('rejected');
    const reply = await send(`[${body},{"message":"its neighbour"}]`);
    assert.equal(reply.status, 201);
    assert.equal(reply.accepted, 1);
    assert.ok(reply.rejected[0]?.reason.startsWith(reason), reply.rejected[0]?.reason);
    assert.equal(await counted('rejected'), already + 1);
  });
}

test('at the limits a record is taken whole', async () => {
  for (const body of [nested(32), wide(1000), JSON.stringify({ message: 'x'.repeat(1024 * 1024 - 100) })])
    assert.deepEqual(await send(body), { status: 201, accepted: 1, rejected: [] });
});

test('times ten years off do not poison the windows: a brute force after them is still seen', async () => {
  const from = '198.51.100.66';
  const guess = (time: number, n: number): string =>
    JSON.stringify({
      host: 'nas',
      program: 'sshd',
      timestamp: new Date(time).toISOString(),
      message: `Failed password for root from ${from} port ${5000 + n} ssh2`,
    });
  const tenYears = 10 * 365 * 24 * 3_600_000;
  const now = Date.now();
  const guesses = (count: number, at: number): string[] =>
    Array.from({ length: count }, (_, n) => guess(at + n * 1000, n));
  await send(
    [...guesses(5, now + tenYears), ...guesses(5, now - tenYears), ...guesses(5, now + 2 * tenYears)].join('\n'),
  );
  assert.equal(
    (await house.client.call('listAlerts', { query: {} })).items.some(({ entity }) => entity === from),
    false,
  );
  await send(guesses(20, now - 30_000).join('\n'));
  const alert = await alertWhere(house, ({ entity }) => entity === from);
  assert.ok(alert.count >= 20);
  assert.match(alert.sentence, /^198\.51\.100\.66 failed \d+ SSH logins on nas$/);
  assert.equal(await counted('timestamp_implausible'), 10);
  const late = Date.parse(alert.last_seen) - now;
  assert.ok(late < 60_000, `The alert is dated ${alert.last_seen}.`);
});

test('the product is none the worse', async () => {
  const { status, sources } = await house.client.call('health');
  assert.equal(status, 'ok');
  assert.equal(sources.find(({ id }) => id === 'http')?.state, 'following');
});
