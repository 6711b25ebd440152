import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crc32c } from './crc32c.ts';

const counted = (from: number, step: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => from + i * step);

/** RFC 3720, appendix B.4, and the check value of every catalogue of CRCs. */
const VECTORS: readonly (readonly [name: string, bytes: Uint8Array, crc: number])[] = [
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', counted(0, 1), 0x46dd794e],
  ['31 to 0', counted(31, -1), 0x113fdb5c],
  [
    'an iSCSI read command',
    Uint8Array.from(
      Buffer.from(
        '01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000',
        'hex',
      ),
    ),
    0xd9963a56,
  ],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(0), 0],
];
for (const [name, bytes, crc] of VECTORS) test(`the checksum of ${name}`, () => assert.equal(crc32c(bytes), crc));

test('in pieces it is the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
      assert.equal(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at))), crc32c(bytes));
    }),
    { seed: 1 },
  );
});
