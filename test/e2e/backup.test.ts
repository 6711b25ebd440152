/** Backup, restore, export and `doctor --verify` as a person types them, beside a server that goes on. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { openUpkeep } from '#store';
import { type House, openHouse } from './house.ts';

let house: House;
const EVENTS = 3000;

before(async () => {
  house = await openHouse();
  await house.up('--honeypot off');
  for (let n = 0; n < EVENTS; n += 1000) {
    const lines = Array.from({ length: 1000 }, (_, i) => ({ message: `line ${n + i}`, shelf: n + i, note: '=1+1' }));
    const reply = await fetch(`${house.url}/api/logs`, { method: 'POST', body: JSON.stringify(lines) });
    assert.equal(reply.status, 201);
  }
  // What is sealed and what is hot are both in it.
  const upkeep = openUpkeep(join(house.data, 'porchlight.db'), { days: 0, bytes: 0, free: 0 });
  upkeep.seal(Date.now());
  upkeep.close();
  const reply = await fetch(`${house.url}/api/logs`, { method: 'POST', body: '{"message":"one more","shelf":9999}' });
  assert.equal(reply.status, 201);
});
after(() => house.close());

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

test('a backup beside the server comes back with every event', async () => {
  const target = join(house.folder, 'backup');
  const made = await house.shell(`./porchlight backup ${target}`);
  assert.equal(made.code, 0, made.err);
  assert.ok(existsSync(join(target, 'porchlight.db')));
  // One day, or two where it is midnight.
  assert.match(readdirSync(target).join(), /events-\d{4}-\d\d-\d\d\.db/);
  assert.equal(
    (await house.shell(`./porchlight backup ${target}`)).code,
    2,
    'it does not write over one that is there',
  );

  const elsewhere = join(house.folder, 'restored');
  const restored = await house.shell(`./porchlight restore ${target} --data ${elsewhere}`);
  assert.equal(restored.code, 0, restored.err);
  const all = await house.shell(`./porchlight export 'shelf:*' --data ${elsewhere} 2>/dev/null`);
  const shelves = linesOf(all.out).map((line) => (JSON.parse(line) as { shelf: number }).shelf);
  assert.deepEqual(shelves, [...Array.from({ length: EVENTS }, (_, n) => n), 9999]);
});

test('a backup that was changed is not restored, and the data folder stays', async () => {
  const target = join(house.folder, 'spoilt');
  assert.equal((await house.shell(`./porchlight backup ${target}`)).code, 0);
  const day = readdirSync(target).find((name) => name.startsWith('events-')) ?? '';
  const bytes = readFileSync(join(target, day));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 100) ^ 1, bytes.length - 100);
  writeFileSync(join(target, day), bytes);
  const elsewhere = join(house.folder, 'not-restored');
  const refused = await house.shell(`./porchlight restore ${target} --data ${elsewhere}`);
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, new RegExp(`${day} of the backup is not what was written`));
  assert.ok(!existsSync(elsewhere) && !existsSync(`${elsewhere}.restoring`));
  const inUse = await house.shell(`./porchlight restore --replace ${join(house.folder, 'backup')}`);
  assert.match(inUse.err, /in use by another Porchlight/);
  assert.equal((await fetch(`${house.url}/api/health`)).status, 200, 'the server goes on');
});

test('CSV and SQLite hold a row an event; a formula is none', async () => {
  const csv = join(house.folder, 'some.csv');
  const written = await house.shell(`./porchlight export 'shelf:[1 TO 3]' -o ${csv}`);
  assert.equal(written.code, 0, written.err);
  const [head = '', ...rows] = readFileSync(csv, 'utf8').trimEnd().split('\r\n');
  assert.equal(rows.length, 3);
  const note = head.split(',').indexOf('note');
  assert.deepEqual(
    rows.map((row) => row.split(',')[note]),
    ["'=1+1", "'=1+1", "'=1+1"],
  );

  const file = join(house.folder, 'all.sqlite');
  assert.equal((await house.shell(`./porchlight export -o ${file}`)).code, 0);
  const db = new DatabaseSync(file, { readOnly: true });
  assert.equal(db.prepare('SELECT count(*) AS n FROM event WHERE shelf IS NOT NULL').get()?.['n'], EVENTS + 1);
  db.close();
});

test('what is stopped leaves nothing', async () => {
  const file = join(house.folder, 'stopped.jsonl');
  const ended = await house.shell(
    `timeout -s INT 0.05 ./porchlight export -o ${file}; timeout -s INT 0.05 ./porchlight backup ${file}`,
  );
  assert.notEqual(ended.code, 0);
  assert.deepEqual(
    readdirSync(house.folder).filter((name) => name.startsWith('stopped')),
    [],
  );
});

test('doctor --verify reads everything, and names a block that is damaged', async () => {
  const good = await house.shell('./porchlight doctor --verify');
  assert.match(good.out, /events, all as they were written/);
  const spoilt = join(house.folder, 'restored');
  const day = readdirSync(spoilt).find((name) => /^events-.*\.db$/.test(name)) ?? '';
  const db = new DatabaseSync(join(spoilt, day));
  const bytes = db.prepare('SELECT events FROM block WHERE id = 1').get()?.['events'];
  assert.ok(bytes instanceof Uint8Array);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  db.prepare('UPDATE block SET events = ? WHERE id = 1').run(bytes);
  db.close();
  const bad = await house.shell(`./porchlight doctor --verify --data ${spoilt}`);
  assert.equal(bad.code, 1);
  assert.match(bad.out, new RegExp(`block 1 of ${day.slice(7, 17)}: `));
});
