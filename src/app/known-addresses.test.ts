import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema } from '#contract/schema';
import { checkKnownAddresses } from './doctor/known-addresses.ts';
import { MAX_LIST, readKnownAddresses } from './known-addresses.ts';

const settings = (enrich: object) => configSchema.parse({ enrich }).enrich;

test('files that the settings name are read, or the start says which cannot be', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-known-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(readKnownAddresses(settings({})), undefined);
  const list = join(folder, 'scanners.txt');
  writeFileSync(list, '203.0.113.0/24\r\n192.168.0.0/16\n');
  const known = readKnownAddresses(settings({ scanners: [list], devices: { '192.168.1.10': 'nas' } }));
  assert.deepEqual(known?.scanners.slice(0, 2), ['203.0.113.0/24', '192.168.0.0/16']);
  assert.deepEqual(known?.devices, { '192.168.1.10': 'nas' });
  assert.throws(
    () => readKnownAddresses(settings({ geoip: [join(folder, 'none.mmdb')] })),
    /enrich\.geoip: .*none\.mmdb/,
  );
  assert.throws(() => readKnownAddresses(settings({ devices: { nas: '192.168.1.10' } })), /'nas' is no address/);
  const large = join(folder, 'large.txt');
  writeFileSync(large, Buffer.alloc(MAX_LIST + 1, 10));
  assert.throws(() => readKnownAddresses(settings({ scanners: [large] })), /larger than 8 MB/);
});

test('doctor tells what a list holds and how old it is', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-known-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'scanners.txt');
  writeFileSync(list, '203.0.113.0/24\n192.168.0.0/16\n');
  const made = Date.UTC(2026, 1, 1);
  utimesSync(list, made / 1000, made / 1000);
  const at = (days: number) => checkKnownAddresses(settings({ scanners: [list] }), made + days * 86_400_000)[0];
  assert.equal(at(3)?.state, 'ok');
  assert.match(at(3)?.text ?? '', /1 ranges, 1 lines left out, 3 days old$/);
  assert.equal(at(91)?.state, 'look');
  const [none, wrong] = checkKnownAddresses(settings({ geoip: [join(folder, 'none.mmdb'), list] }), made);
  assert.equal(none?.state, 'broken');
  assert.equal(wrong?.text, `${list} is no MaxMind database.`);
});
