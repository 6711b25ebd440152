import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasBattery } from './battery.ts';

type Supply = Readonly<Record<string, string>>;

const AC: Supply = { type: 'Mains', online: '1' };
const OWN: Supply = { type: 'Battery', capacity: '81' };
const MOUSE: Supply = { type: 'Battery', scope: 'Device' };

for (const [name, supplies, expected] of [
  ['no power supply is known', {}, false],
  ['mains alone', { AC }, false],
  ['a laptop', { AC, BAT0: OWN }, true],
  ['a desktop with a wireless mouse', { AC, hidpp_battery_0: MOUSE }, false],
  ['a laptop with one', { hidpp_battery_0: MOUSE, BAT1: { ...OWN, scope: 'System' } }, true],
  ['a server behind a UPS', { ups: { type: 'UPS' } }, false],
  ['a supply that says nothing', { BAT0: {} }, false],
] as const) {
  test(`${name}: ${expected ? 'a battery of its own' : 'none'}`, (t) => {
    const root = mkdtempSync(join(tmpdir(), 'porchlight-battery-'));
    t.after(() => rmSync(root, { recursive: true }));
    for (const [supply, files] of Object.entries<Supply>(supplies)) {
      const folder = join(root, 'sys/class/power_supply', supply);
      mkdirSync(folder, { recursive: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), `${text}\n`);
    }
    assert.equal(hasBattery(root), expected);
  });
}
