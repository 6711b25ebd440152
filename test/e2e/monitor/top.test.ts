/** `porchlight top` beside the server and without one: what it exits with, what it writes, and what never reaches a terminal. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ScoredSnapshot } from '#contract';
import { RAW } from '../hostile/words.ts';
import { alertWhere, type House, logLine, openHouse, type Up } from '../house.ts';
import { until } from '../waiting.ts';
import { ATTACKER, carryOn, fail, hideProcesses, type Spinner, scoreWhere, spin } from './look.ts';

let house: House;

before(async () => {
  house = await openHouse();
  hideProcesses(house);
  writeFileSync(house.authLog, '');
});
after(() => house.close());

const isScored = (): Promise<boolean> =>
  house.client.call('score').then(
    () => true,
    () => false,
  );

const metricsFile = (): string => join(house.data, 'monitor_metrics.jsonl');
const looksWritten = (): number =>
  existsSync(metricsFile()) ? readFileSync(metricsFile(), 'utf8').split('\n').length - 1 : 0;

interface Look {
  readonly level: string;
  readonly score: number;
  readonly alerts: readonly { readonly sentence: string }[] | null;
  readonly auth: { readonly failed: number };
}

async function once(options = ''): Promise<{ readonly code: number; readonly look: Look }> {
  const { code, out, err } = await house.shell(`./porchlight top --once --json ${options}`);
  assert.equal(err, '');
  assert.match(out, /^\{.*\}\n$/);
  return { code, look: JSON.parse(out) as Look };
}

/** Each is a state of the log from which on it exits so. */
const STATES: readonly (readonly [what: string, make: () => void, code: number, level: string, score: number])[] = [
  ['nobody failed', () => carryOn(house, 5), 0, 'info', 100],
  ['seven failed', () => fail(house, 7), 1, 'warning', 97],
  ['25 failed', () => fail(house, 18), 2, 'alert', 80],
  ['that is long ago', () => carryOn(house, 300), 0, 'info', 100],
];

for (const [what, make, code, level, score] of STATES) {
  test(`without a server, ${what}: it exits with ${code}, and writes the look down`, async () => {
    make();
    const written = looksWritten();
    const json = await once();
    assert.deepEqual([json.code, json.look.level, json.look.score], [code, level, score]);
    const text = await house.shell('./porchlight top --once');
    assert.equal(text.code, code, text.err);
    assert.match(text.out, /no server, watching this machine/);
    assert.equal(looksWritten(), written + 2);
  });
}

test('what is below --min-level does not count', async () => {
  fail(house, 7);
  assert.equal((await once('--min-level alert')).code, 0);
  assert.equal((await once('--min-level warning')).code, 1);
  carryOn(house, 300);
});

test('an unknown level, and a server that was named and is not there, are errors', async () => {
  assert.equal((await house.shell('./porchlight top --once --min-level loud')).code, 2);
  const { code, err } = await house.shell(`./porchlight top --once --url ${house.url}`);
  assert.equal(code, 3);
  assert.match(err, /^porchlight: /);
});

test('beside a server it only reads: 0, 1 and 2 by the worst of looks and alerts, and it writes nothing', async () => {
  rmSync(house.authLog);
  writeFileSync(house.authLog, '');
  // So seldom that what is written is one look of the server's.
  const up: Up = await house.up('--quiet --interval 3600');
  await until('the look at the start', () => looksWritten() > 0 && isScored());
  const written = looksWritten();
  assert.deepEqual([(await once()).code, (await once()).look.level], [0, 'info']);
  fail(house, 20);
  await alertWhere(house, ({ level }) => level === 'medium');
  assert.deepEqual([(await once()).code, (await once('--min-level alert')).code], [1, 0]);
  appendFileSync(house.authLog, logLine('sshd[4790]', `Accepted password for backup from ${ATTACKER} port 51390 ssh2`));
  const { sentence } = await alertWhere(house, ({ level }) => level === 'critical');
  const { code, look } = await once();
  assert.deepEqual([code, look.level, look.alerts?.[0]?.sentence], [2, 'alert', sentence]);
  const text = await house.shell('./porchlight top --once');
  assert.equal(text.code, 2);
  assert.ok(text.out.includes(sentence), text.out);
  assert.equal(looksWritten(), written);
  assert.equal(await up.stop(), 0);
});

/** Colours are ours; a terminal ends its lines with CR LF. */
const withoutColours = (bytes: string): string => bytes.replaceAll(/\u001b\[[\d;]*m/g, '');

test('a process with a hostile name is shown spelled out on a terminal, with colours and without', async (t) => {
  // At most 15 bytes, or the kernel cuts it.
  const spinner: Spinner = await spin(house, '\u001b]0;owned\u0007\u009b2J');
  t.after(() => spinner.stop());
  const plain = house.terminal('TERM=dumb ./porchlight top --once', 160);
  await plain.ended;
  const coloured = house.terminal('TERM=xterm-256color ./porchlight top --once', 160);
  await coloured.ended;
  await spinner.stop();
  assert.notEqual(withoutColours(coloured.screen()), coloured.screen());
  for (const screen of [plain.screen(), withoutColours(coloured.screen())]) {
    assert.match(screen, /owned/);
    assert.doesNotMatch(screen, RAW);
  }
});

test('top --json spells it out too, and it parses back to what it was', async (t) => {
  const name = '\u001b]0;json\u0007\u009b2J';
  const spinner: Spinner = await spin(house, name);
  t.after(() => spinner.stop());
  const { out } = await house.shell('./porchlight top --once --json');
  await spinner.stop();
  const { snapshot } = JSON.parse(out) as ScoredSnapshot;
  assert.equal(snapshot.processes.find(({ pid }) => pid === spinner.pid)?.name, name);
  assert.doesNotMatch(out, RAW);
});

test('the server scores such a process too, and top beside it shows it spelled out', async (t) => {
  const spinner: Spinner = await spin(house, '\u001b]52;c;QQ==\u0007');
  t.after(() => spinner.stop());
  await house.up('--quiet --interval 1');
  await scoreWhere(house, 'it is seen', ({ snapshot }) => snapshot.processes.some(({ pid }) => pid === spinner.pid));
  const terminal = house.terminal('TERM=dumb ./porchlight top --once', 160);
  await terminal.ended;
  await spinner.stop();
  assert.match(terminal.screen(), /\]52;c;QQ==/);
  assert.doesNotMatch(terminal.screen(), RAW);
});
