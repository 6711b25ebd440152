import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENTRY, Table } from './table.ts';

const SEVERAL = 3000;
const keys = Array.from({ length: SEVERAL }, (_, at) => Math.imul(at + 1, 0x01_00_01_93) ^ (at << 20));

/** What a look at a key comes by. */
function lists(table: Table, key: number): readonly number[] {
  const found: number[] = [];
  for (let slot = table.slot(key); table.heads[slot] !== 0; slot = (slot + 1) & (table.heads.length - 1)) {
    const list = table.list(slot, key);
    if (list >= 0) found.push(list);
  }
  return found;
}

for (const count of [1, 2, 3, 100, SEVERAL]) {
  const table = new Table(new Map(keys.slice(0, count).map((key, at) => [key, at * ENTRY])), count * ENTRY);

  test(`of ${count} keys each comes by its own list`, () => {
    for (const [at, key] of keys.slice(0, count).entries())
      assert.ok(lists(table, key).includes(at * ENTRY), String(at));
  });

  test(`of ${count} keys other keys seldom come by a list`, () => {
    const others = keys.map((key) => ~key).filter((key) => !keys.includes(key));
    const deceived = others.filter((key) => lists(table, key).length > 0);
    assert.ok(deceived.length <= others.length / 100, `${deceived.length} of ${others.length}`);
  });
}
