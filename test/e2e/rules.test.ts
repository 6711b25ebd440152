/** Rules from the command line against a server that runs: a set that is added works at once, and so do settings after SIGHUP. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipOf } from '../../src/app/rules/zip.fixture.ts';
import { type House, openHouse } from './house.ts';
import { until } from './waiting.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const rule = (level: string): string =>
  `title: Somebody rang\nid: ${ID}\nlevel: ${level}\nstatus: test\n` +
  'logsource: {product: generic}\ndetection: {keywords: [rang the bell], condition: keywords}\n';

const ring = (house: House): Promise<Response> =>
  fetch(`${house.url}/api/logs`, { method: 'POST', body: '{"message":"they rang the bell"}' });

async function alerts(house: House): Promise<string[]> {
  const { items } = await house.client.call('listAlerts', { query: { q: 'Somebody rang' } });
  return items.map(({ title, level, count }) => `${title}: ${level}, ${count}`);
}

test('added, brought up to date and removed while the server runs', { timeout: 600_000 }, async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  await house.up('--quiet');
  const zip = join(house.folder, 'bells.zip');
  writeFileSync(zip, zipOf([{ name: 'rules/ring.yml', text: rule('low') }]));
  const added = await house.shell(`./porchlight rules add ${zip}`);
  assert.match(added.out, /Installed bells, 1 rule file\./);
  assert.match(added.out, /The running server uses them: \d+ rules, 0 refused\./);
  await ring(house);
  assert.deepEqual(await alerts(house), []);
  assert.equal(await house.count('porchlight.rule.name:"Somebody rang"'), 1);
  writeFileSync(zip, zipOf([{ name: 'rules/ring.yml', text: rule('critical') }]));
  assert.match(
    (await house.shell(`./porchlight rules add ${zip}`)).out,
    /Updated bells, 1 rule file: 0 new, 1 changed/,
  );
  await ring(house);
  assert.deepEqual(await alerts(house), ['Somebody rang: critical, 1']);
  assert.match(
    (await house.shell('./porchlight rules remove bells')).out,
    /Removed bells\.\nThe running server uses them/,
  );
  await ring(house);
  assert.deepEqual(await alerts(house), ['Somebody rang: critical, 1']);
  assert.equal(existsSync(join(house.data, 'rules', 'bells')), false);
});

test('SIGHUP reads the settings again; a broken file is told and changes nothing', { timeout: 600_000 }, async (t) => {
  const house = await openHouse([`rules: { folders: [${JSON.stringify(join(import.meta.dirname, 'none'))}] }`]);
  t.after(() => house.close());
  const config = join(house.data, 'porchlight.yaml');
  const mine = join(house.folder, 'ring.yml');
  writeFileSync(mine, rule('low'));
  await house.up('--quiet');
  const hangUp = (): void =>
    void process.kill(Number(readFileSync(join(house.data, 'porchlight.pid'), 'utf8')), 'SIGHUP');
  const listed = async () => {
    const { items } = await house.client.call('listRules');
    return items.find(({ id }) => id === ID);
  };
  const before = readFileSync(config, 'utf8');
  writeFileSync(
    config,
    before.replace(/^rules:.*$/m, `rules: { folders: [${JSON.stringify(mine)}], levels: { "${ID}": high } }`),
  );
  hangUp();
  await until('the level of the settings', async () => (await listed())?.level === 'high' || undefined);
  await ring(house);
  assert.deepEqual(await alerts(house), ['Somebody rang: high, 1']);
  appendFileSync(config, 'ruls: {}\n');
  hangUp();
  const source = await until('a word on the broken file', async () => {
    const { sources } = await house.client.call('health');
    return sources.find(({ id, state }) => id === 'rules' && state === 'failed');
  });
  assert.match(source.reason, /the newest rules are not in force: .*unknown key "ruls"/s);
  assert.equal((await listed())?.level, 'high');
});
