/**
 * A house without auth.log: the real server reads the machine's journal, sees the attack in it, and is killed with -9 at
 * moments of chance while entries come in and the journal is rotated. Each entry is stored once.
 *
 * PORCHLIGHT_SEED: whose moments. Printed in the name of the test.
 */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entry as journalEntry, write } from '../../src/sources/journald/test-journal.ts';
import { random } from '../chaos/server/random.ts';
import { type House, openHouse } from './house.ts';
import { until } from './waiting.ts';

const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20261120);
const KILLS = 4;
const MACHINE = '0123456789abcdef'.repeat(2);
/** Written at a time, and how often between two kills. */
const ENTRIES = 40;
const WRITES = 6;

/** sshd's entries about somebody who tries, now. Their port is their number: that is how they are told apart. */
function journalOf(house: House) {
  const folder = join(house.root, 'var/log/journal', MACHINE);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(house.root, 'etc'), { recursive: true });
  writeFileSync(join(house.root, 'etc/machine-id'), `${MACHINE}\n`);
  const file = join(folder, 'system.journal');
  let written = 0;
  let rotations = 0;
  return {
    written: () => written,
    async fail(count: number): Promise<void> {
      const now = Date.now() * 1000;
      const batch = Array.from({ length: count }, (_, i) =>
        journalEntry(written + i, {
          __REALTIME_TIMESTAMP: String(now + i),
          MESSAGE: `Failed password for root from 203.0.113.7 port ${1 + written + i} ssh2`,
        }),
      );
      await write(file, batch);
      written += count;
    },
    rotate(): void {
      renameSync(file, join(folder, `system@${++rotations}.journal`));
    },
  };
}

async function portsStored(house: House): Promise<number[]> {
  const ports: number[] = [];
  for (let cursor: string | undefined; ;) {
    const query = {
      q: 'event.action:ssh_login',
      from: '-24h',
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const { items, next } = await house.client.call('listEvents', { query });
    ports.push(...items.map((event) => Number(event['source.port'])));
    if (next === null) return ports;
    cursor = next;
  }
}

test(
  `the journal of a house without auth.log: an attack, ${KILLS} kills, seed ${SEED}`,
  { timeout: 300_000 },
  async (t) => {
    const choices = random(SEED);
    const house = await openHouse(['sources: { backfill_hours: 1 }']);
    t.after(() => house.close());
    const journal = journalOf(house);
    await journal.fail(3);

    let up = await house.up('--quiet');
    assert.match(up.terminal.screen(), /followed +journald: \/var\/log\/journal\. Read with journalctl/);
    for (let kill = 0; kill < KILLS; kill++) {
      const at = choices.int(0, WRITES - 1);
      for (let n = 0; n < WRITES; n++) {
        const writing = journal.fail(choices.int(1, ENTRIES));
        if (n === at) await up.kill();
        await writing;
        if (choices.chance(0.25)) journal.rotate();
      }
      up = await house.up('--quiet');
    }
    await journal.fail(1);
    await until(
      'the last entry is stored',
      async () => (await house.count('event.action:ssh_login')) >= journal.written(),
    );
    const ports = (await portsStored(house)).toSorted((a, b) => a - b);
    assert.deepEqual(
      ports,
      Array.from({ length: journal.written() }, (_, i) => i + 1),
    );

    const { items } = await house.client.call('listAlerts', { query: {} });
    const attack = items.find(({ title }) => title === 'Password guessing over SSH');
    assert.equal(attack?.entity, '203.0.113.7');
    assert.equal(attack?.historic ?? false, false);
    const health = await house.client.call('health');
    assert.deepEqual(
      health.counters.filter(({ name }) => name === 'journal_losses'),
      [],
    );
    assert.equal(await up.stop(), 0);
  },
);
