/**
 * What `top` looks like, as files that a person can look at. `PORCHLIGHT_GOLDEN=1` writes them anew: then look at them
 * before they are kept.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { frame } from '../../src/ui/tui/frame.ts';
import { onceText } from '../../src/ui/tui/once.ts';
import { nothingYet, type TopState } from '../../src/ui/tui/state.ts';
import { type ColourDepth, themeOf } from '../../src/ui/tui/theme.ts';
import { alerts, NOW, scored, state } from './picture.ts';

interface Picture {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly change?: Partial<TopState>;
  readonly depth?: ColourDepth;
}

const calm: Partial<TopState> = {
  alerts: { value: [] },
  levels: { value: { critical: 0, high: 0, medium: 0, low: 0, informational: 0 } },
  snapshot: { value: { ...scored, score: { ...scored.score, score: 100, band: 'normal', ledger: [] } } },
  yesterday: 100,
};
const worst = alerts[0];
const SIZES: readonly (readonly [number, number])[] = [
  [60, 20],
  [80, 24],
  [120, 36],
  [200, 60],
];

const PICTURES: readonly Picture[] = [
  ...SIZES.map(([columns, rows]) => ({ name: `busy-${columns}x${rows}`, columns, rows })),
  ...SIZES.map(([columns, rows]) => ({ name: `calm-${columns}x${rows}`, columns, rows, change: calm })),
  { name: 'tiny-40x12', columns: 40, rows: 12 },
  { name: 'first-moment-80x24', columns: 80, rows: 24, change: nothingYet('nas', '0.1.0') },
  { name: 'stale-80x24', columns: 80, rows: 24, change: { now: NOW + 3_600_000, connection: 'reconnecting' } },
  { name: 'paused-120x36', columns: 120, rows: 36, change: { paused: { since: NOW - 60_000, waiting: 3 } } },
  { name: 'help-80x24', columns: 80, rows: 24, change: { page: { kind: 'help' } } },
  { name: 'pane-80x24', columns: 80, rows: 24, change: { page: { kind: 'pane' }, focus: 'network' } },
  { name: 'filter-80x24', columns: 80, rows: 24, change: { filter: { text: 'media', typing: true } } },
  ...(worst === undefined
    ? []
    : [{ name: 'alert-80x24', columns: 80, rows: 24, change: { page: { kind: 'alert', alert: worst } } as const }]),
  { name: 'colour-24-bit-120x36', columns: 120, rows: 36, depth: '24-bit' },
  { name: 'colour-256-80x24', columns: 80, rows: 24, depth: '256' },
  { name: 'colour-16-80x24', columns: 80, rows: 24, depth: '16' },
];

for (const { name, columns, rows, change = {}, depth = 'none' } of PICTURES)
  golden(name, `${frame({ ...state, ...change }, columns, rows, themeOf(depth)).join('\n')}\n`);
golden('once-100x36', onceText(state, 100, 36, themeOf('none')));

function golden(name: string, drawn: string): void {
  test(`top looks like ${name}`, () => {
    const path = fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));
    if (process.env['PORCHLIGHT_GOLDEN'] === '1') writeFileSync(path, drawn);
    assert.equal(drawn, readFileSync(path, 'utf8'), 'PORCHLIGHT_GOLDEN=1 writes it; then look at it');
  });
}
