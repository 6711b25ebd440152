import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressOf, newTally, tallySockets } from './sockets.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const REST = '00000000:00000000 00:00000000 00000000  1000        0';
const socket = (local: string, remote: string, state: string, inode: number, sl = '   0'): string =>
  `${sl}: ${local} ${remote} ${state} ${REST} ${inode} 1 0000000000000000 100 0 0 10 0\n`;

const ADDRESSES: readonly (readonly [hex: string, address: string])[] = [
  ['0100007F', '127.0.0.1'],
  ['00000000', '0.0.0.0'],
  ['077100CB', '203.0.113.7'],
  ['FFFFFFFF', '255.255.255.255'],
  ['0000000000000000FFFF0000077100CB', '203.0.113.7'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000001000000', '::1'],
  ['B80D0120000000000000000007000000', '2001:db8::7'],
  ['B80D0120010000000000000007000000', '2001:db8:0:1::7'],
  ['B80D0120000000000000010001000000', '2001:db8::1:0:0:1'],
  ['B80D0120080044000000000000000000', '2001:db8:44:8::'],
  ['B80D01200000010000000100070001FF', '2001:db8:1:0:1:0:ff01:7'],
  ['B80D0120010000000000010007000100', '2001:db8:0:1:1:0:1:7'],
];

for (const [hex, address] of ADDRESSES) test(`addressOf: ${address}`, () => assert.equal(addressOf(hex), address));

test('tcp: connections by peer, listeners with their inode, nothing of the rest', () => {
  const tally = newTally();
  const text = [
    HEAD,
    socket('0100007F:1F90', '00000000:0000', '0A', 12345),
    socket('0100000A:0016', '077100CB:A1B2', '01', 5, '   1'),
    socket('0100000A:0016', '077100CB:A1B3', '01', 6, '   2'),
    socket('0100000A:0016', '046433C6:A1B3', '06', 0, '   3'),
    socket('0100000A:0016', '046433C6:A1B4', '01', 7, '123456'),
  ].join('');
  tallySockets(Buffer.from(text), 'tcp', 8, tally);
  assert.deepEqual(tally, {
    established: 3,
    peers: new Map([
      ['077100CB', 2],
      ['046433C6', 1],
    ]),
    bound: [{ protocol: 'tcp', address: '127.0.0.1', port: 8080, inode: 12345 }],
  });
});

test('udp: 07 waits for anybody, 01 is connected; IPv6', () => {
  const tally = newTally();
  const any = '0'.repeat(32);
  const peer = 'B80D0120000000000000000007000000';
  const text = HEAD + socket(`${any}:14E9`, `${any}:0000`, '07', 9) + socket(`${any}:8235`, `${peer}:0035`, '01', 10);
  tallySockets(Buffer.from(text), 'udp', 32, tally);
  assert.deepEqual(tally.bound, [{ protocol: 'udp', address: '::', port: 5353, inode: 9 }]);
  assert.deepEqual([tally.established, ...tally.peers.keys()], [1, peer]);
});

test('a file that was cut short gives the lines it has', () => {
  const whole =
    HEAD + socket('0100007F:1F90', '077100CB:A1B2', '01', 5) + socket('00000000:0016', '00000000:0000', '0A', 77);
  const seen = new Set<string>();
  for (let end = 0; end <= whole.length; end++) {
    const tally = newTally();
    tallySockets(Buffer.from(whole.slice(0, end)), 'tcp', 8, tally);
    seen.add(`${tally.established} ${tally.bound.length}`);
    for (const { port, inode } of tally.bound) assert.ok(port === 22 && [0, 7, 77].includes(inode));
  }
  assert.deepEqual([...seen], ['0 0', '1 0', '1 1']);
  const tally = newTally();
  for (const text of ['', '\n\n', 'x', ':::::\n::::\n', HEAD]) tallySockets(Buffer.from(text), 'tcp', 8, tally);
  assert.deepEqual(tally, newTally());
});

test('law: every connection that was written is counted, under its own address', () => {
  const states = fc.constantFrom('01', '02', '06', '0A');
  const lines = fc.array(fc.record({ host: fc.integer({ min: 0, max: 3 }), state: states }), { maxLength: 50 });
  fc.assert(
    fc.property(lines, (all) => {
      const tally = newTally();
      const text = all.map(({ host, state }, i) =>
        socket('0100007F:0050', `0${host}0200C0:1234`, state, i, String(i).padStart(4)),
      );
      tallySockets(Buffer.from(HEAD + text.join('')), 'tcp', 8, tally);
      const established = all.filter(({ state }) => state === '01');
      assert.equal(tally.established, established.length);
      for (const [hex, count] of tally.peers) {
        assert.equal(count, established.filter(({ host }) => addressOf(hex) === `192.0.2.${host}`).length);
      }
      assert.equal(tally.bound.length, all.filter(({ state }) => state === '0A').length);
    }),
    { seed: 1, numRuns: 100 },
  );
});
