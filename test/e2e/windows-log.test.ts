/** Event logs of Windows through the commands as a person types them: each record once, whatever became of the file meanwhile. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openSqliteStore } from '#store';
import {
  element,
  evtxChunk,
  evtxFile,
  slot,
  value,
  type WrittenRecord,
} from '../../src/sources/evtx/writer.fixture.ts';
import { type House, openHouse } from './house.ts';

const START = Date.UTC(2025, 10, 28, 8);
const SERVICE = element(
  'Event',
  { xmlns: ['http://schemas.microsoft.com/win/2004/08/events/event'] },
  element(
    'System',
    {},
    element('Provider', { Name: ['Service Control Manager'] }),
    element('EventID', {}, slot(0, 6)),
    element('TimeCreated', { SystemTime: [slot(1, 0x11)] }),
    element('EventRecordID', {}, slot(2, 10)),
    element('Channel', {}, 'System'),
    element('Computer', {}, 'pc.example'),
  ),
  element('EventData', {}, element('Data', { Name: ['ServiceName'] }, slot(3))),
);

function installed(id: number): WrittenRecord {
  const written = START + id * 1000;
  const values = [
    value.number(6, 2, 7045),
    value.time(written),
    value.number(10, 8, id),
    value.string(`service-${id}`),
  ];
  return { id, written, body: { template: SERVICE, values } };
}
const chunk = (from: number, to: number): Buffer =>
  evtxChunk(Array.from({ length: to - from }, (_, index) => installed(from + index)));

/** What became of each file: taken, there already, damaged. */
async function imported(house: House, ...files: readonly string[]): Promise<readonly (readonly number[])[]> {
  const { out, err } = await house.shell(`./porchlight import --json ${files.join(' ')}`);
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  assert.equal(lines.length, files.length, out + err);
  return lines.map((line) => {
    const { taken, known, bad } = JSON.parse(line) as Record<string, number>;
    return [taken ?? -1, known ?? -1, bad ?? -1];
  });
}

async function servicesIn(house: House): Promise<string[]> {
  const store = await openSqliteStore(join(house.data, 'porchlight.db'));
  try {
    const { items } = await store.events({ q: '', limit: 1000, after: '0-0' });
    return items.map(({ event }) => /service-\d+/.exec(JSON.stringify(event))?.[0] ?? JSON.stringify(event));
  } finally {
    await store.close();
  }
}
const services = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `service-${from + index}`);

test('an event log is taken once: packed, grown, and after its oldest part was written over', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const log = join(house.folder, 'System.evtx');
  writeFileSync(log, evtxFile([chunk(1, 101), chunk(101, 151)]));
  assert.deepEqual(await imported(house, log), [[150, 0, 0]]);
  const packed = join(house.folder, 'copy.gz');
  writeFileSync(packed, gzipSync(evtxFile([chunk(1, 101), chunk(101, 151)])));
  assert.deepEqual(await imported(house, packed), [[0, 150, 0]]);
  writeFileSync(log, evtxFile([chunk(1, 101), chunk(101, 181)]));
  assert.deepEqual(await imported(house, log), [[30, 150, 0]]);
  writeFileSync(log, evtxFile([chunk(201, 211), chunk(101, 201)]));
  assert.deepEqual(await imported(house, log), [[30, 80, 0]]);
  const expected = [...services(1, 151), ...services(151, 181), ...services(201, 211), ...services(181, 201)];
  assert.deepEqual(await servicesIn(house), expected);
});

test('what is damaged is named with its place, and the rest is in', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const log = join(house.folder, 'System.evtx');
  const damaged = chunk(101, 151);
  damaged.write('no chunk');
  writeFileSync(log, evtxFile([chunk(1, 101), damaged, chunk(151, 161)]));
  const { code, out, err } = await house.shell(`./porchlight import ${log}`);
  assert.equal(code, 1, err);
  assert.match(out, /110 events; 1 place is damaged or in doubt/);
  assert.match(err, /System\.evtx: chunk at byte 69632 does not begin like one/);
  assert.deepEqual(await servicesIn(house), [...services(1, 101), ...services(151, 161)]);
});

test('porchlight parse reads an event log, packed or not', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const log = join(house.folder, 'System.evtx');
  const torn = evtxFile([chunk(1, 4)]);
  writeFileSync(log, torn);
  writeFileSync(`${log}.gz`, gzipSync(torn.subarray(0, torn.indexOf(Buffer.from('service-3', 'utf16le')))));
  const whole = await house.shell(`./porchlight parse ${log}`);
  assert.deepEqual([whole.code, whole.err], [0, '']);
  assert.deepEqual(
    whole.out
      .trim()
      .split('\n')
      .map((line) => /service-\d+/.exec(line)?.[0]),
    services(1, 4),
  );
  const part = await house.shell(`./porchlight parse ${log}.gz`);
  assert.equal(part.code, 1);
  assert.equal(part.out.trim().split('\n').length, 3);
  assert.match(part.err, /chunk at byte 4096 breaks off\n.*record at byte \d+ is torn/);
});
