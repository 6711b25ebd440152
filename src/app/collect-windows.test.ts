/** The wiring of Windows' event log, with stand-ins for Windows' programs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RawRecord } from '#contract';
import { configSchema } from '#contract/schema';
import { counters as createCounters } from '#lib/counters';
import { createSourceBoard } from './source-board.ts';
import { followWindows } from './collect-windows.ts';

const STAND_IN = fileURLToPath(new URL('../sources/windows-event-log/stand-in.ts', import.meta.url));
const event = (id: number): string =>
  `<Event><System><TimeCreated SystemTime='${new Date().toISOString()}'/><EventRecordID>${id}</EventRecordID></System></Event>`;

interface Given {
  readonly channels: readonly string[];
  readonly platform?: NodeJS.Platform;
  readonly mark?: number;
}

/** Runs until `done`, asked whenever the board changes, says so. */
async function follow(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  given: Given,
  done: (rows: string) => boolean,
) {
  const folder = mkdtempSync(join(tmpdir(), 'windows-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const program = (role: string) => ({
    path: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', STAND_IN, folder, role],
  });
  const stop = new AbortController();
  const board = createSourceBoard();
  const counters = createCounters();
  const records: RawRecord[] = [];
  const gaps: string[] = [];
  const shown = (): string =>
    board
      .rows()
      .map(({ id, state, reason }) => `${id} ${state} ${reason}`)
      .join('\n');
  const watched: typeof board = {
    ...board,
    set(...row) {
      board.set(...row);
      if (done(shown())) stop.abort();
    },
  };
  const config = configSchema.parse({ sources: { windows_event_log: { channels: given.channels } } });
  const detail = JSON.stringify({ stamp: 'another', first: 1 });
  const mark = given.mark;
  await followWindows(
    {
      config,
      hostName: 'DESKTOP-7',
      hub: {
        put: (some) => {
          records.push(...some);
          return Promise.resolve();
        },
        settled: () => Promise.resolve(),
        marks: () => (mark === undefined ? [] : [{ key: `winlog:${given.channels[0]}@1`, mark, detail }]),
      },
      board: watched,
      counters,
      now: Date.now,
      signal: stop.signal,
      onGap: (source, reason) => gaps.push(`${source} ${reason}`),
    },
    {
      platform: given.platform ?? 'win32',
      powershell: program('powershell'),
      wevtutil: program('wevtutil'),
      pause: 20,
    },
  );
  return { records, counters, gaps, rows: shown() };
}

const log = (...ids: number[]): string => ids.map((id) => `${JSON.stringify({ id, xml: event(id) })}\n`).join('');

test('each channel is a row that says how it stands and what would help', async (t) => {
  const channels = ['System', 'Security', 'Microsoft-Windows-Sysmon/Operational'];
  const files = { 'System.log': log(1, 2), 'Security.log': 'denied' };
  const { records, rows } = await follow(
    t,
    files,
    { channels },
    (shown) => shown.includes('denied') && shown.includes('waiting'),
  );
  assert.match(rows, /^winlog:System following Windows event log System\.$/m);
  assert.match(
    rows,
    /^winlog:Security denied .* Run: net localgroup "Event Log Readers" %USERNAME% \/add, then sign in again$/m,
  );
  assert.match(rows, /^winlog:Microsoft-Windows-Sysmon\/Operational waiting Not there: Sysmon is not installed/m);
  for (const { source } of records)
    assert.deepEqual([source.id, source.type, source.host], ['winlog:System', 'winlog', 'DESKTOP-7']);
});

test('a gap is counted by its records, shown in the row, and told', async (t) => {
  const given = { channels: ['System'], mark: 5 };
  const { counters, gaps, rows } = await follow(t, { 'System.log': log(8, 9) }, given, (shown) =>
    shown.includes('lost'),
  );
  assert.equal(counters.get('windows_event_losses', 'System gap'), 3);
  assert.match(rows, /Records 5 to 7 were overwritten or cleared before they were read: they are lost\./);
  assert.match(gaps.join(), /^winlog:System Records 5 to 7 /);
});

test('where PowerShell may not run, the row says what is done instead, and why', async (t) => {
  const files = { 'System.log': log(1), 'misbehave.json': '{"forbidden":true}' };
  const { rows } = await follow(t, files, { channels: ['System'] }, (shown) => shown.includes('wevtutil'));
  assert.match(rows, /wevtutil is asked every few seconds: PowerShell ended with 1\. Cannot create type/);
});

test('on any other system there is nothing to follow and no row', async (t) => {
  const { rows } = await follow(t, {}, { channels: ['System'], platform: 'linux' }, () => false);
  assert.equal(rows, '');
});
