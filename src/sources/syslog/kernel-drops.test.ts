import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropsIn, kernelDrops } from './kernel-drops.ts';

const TABLE = [
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
  '  101: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11111 2 0000000000000000 7',
  '  102: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22222 2 0000000000000000 50',
  '  103: 0100007F:158B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 33333 2 0000000000000000 900',
  '',
].join('\n');

const rows: readonly (readonly [address: string, port: number, drops: number])[] = [
  ['127.0.0.1', 0x158a, 7],
  ['0.0.0.0', 0x158a, 50],
  ['127.0.0.1', 0x158b, 900],
  ['127.0.0.1', 0x158c, 0],
  ['192.0.2.1', 0x158a, 0],
];
for (const [address, port, drops] of rows) {
  test(`${address}:${port} has dropped ${drops}`, () => assert.equal(dropsIn(TABLE, { address, port }), drops));
}

test('only what came since the last look is told, and nothing where the system has no such table', async () => {
  let table = TABLE;
  const read = (path: string): Promise<string> =>
    path === '/proc/net/udp'
      ? Promise.resolve(table)
      : Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }));
  const look = kernelDrops({ address: '127.0.0.1', port: 0x158a }, read);
  assert.equal(await look(), 7);
  assert.equal(await look(), 0);
  table = TABLE.replace(' 7\n', ' 19\n');
  assert.equal(await look(), 12);
  assert.equal(await kernelDrops({ address: '::', port: 1 }, read)(), 0);
});
