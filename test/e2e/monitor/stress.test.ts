/** A process that takes a CPU for itself: the ledger names it while it runs, and `top` too. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type House, openHouse } from '../house.ts';
import { unruffled } from '../unruffled.ts';
import { hideProcesses, type ScoreReply, scoreWhere, spin, type Spinner } from './look.ts';

/** Percent of a CPU; so low that it is reached on a machine that is busy with other things, which are not seen here. */
const HIGH = 1;
const NAME = 'wool-wash';

let house: House;
let spinner: Spinner;

before(async () => {
  const limits = { high_cpu_processes: { warning: 1, alert: 1000 } };
  house = await openHouse([unruffled({ thresholds: { process_cpu: HIGH, high_cpu_processes: 1 }, limits })]);
  hideProcesses(house);
  await house.up('--quiet --interval 1');
  spinner = await spin(house, NAME);
});
after(async () => {
  await spinner.stop();
  await house.close();
});

const rowOf = ({ ledger }: ScoreReply) => ledger.find(({ metric }) => metric === 'high_cpu_processes');

test('it costs points, and the ledger names it', async () => {
  const culprit = `${NAME} (${spinner.pid})`;
  const reply = await scoreWhere(house, 'it is named', (one) => rowOf(one)?.culprit === culprit);
  const row = rowOf(reply);
  assert.ok(row !== undefined && row.points > 0 && row.value >= 1);
  assert.equal(row.threshold, 1);
  assert.match(row.reason, /^\d+ process(es)? at 1 % of a CPU or more$/);
  assert.equal(reply.score, 100 - row.points);
  const seen = reply.snapshot.processes.find(({ pid }) => pid === spinner.pid);
  assert.ok(seen !== undefined && seen.name === NAME && seen.cpu >= HIGH, JSON.stringify(seen));
  const entry = reply.entries.find(({ metric }) => metric === 'high_cpu_processes');
  assert.equal(entry?.level, 'warning');
});

test('top beside the server shows it', async () => {
  const { out } = await house.shell('./porchlight top --once');
  assert.match(out, new RegExp(`${NAME} .*${spinner.pid} `));
});

test('once it has ended it costs nothing more', async () => {
  await spinner.stop();
  const { pid } = spinner;
  const reply = await scoreWhere(house, 'it has gone', ({ snapshot }) =>
    snapshot.processes.every((one) => one.pid !== pid),
  );
  assert.notEqual(rowOf(reply)?.culprit, `${NAME} (${pid})`);
});
