import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GREETING, telnet } from './telnet.ts';

const IAC = 255;
const [WILL, WONT, DO, DONT, SB, SE] = [251, 252, 253, 254, 250, 240];
const [ECHO, SGA, TTYPE, NAWS] = [1, 3, 24, 31];

function hear(bytes: readonly number[], greeted = true): { data: number[]; replies: number[] } {
  const wire = telnet(greeted);
  const heard = { data: [] as number[], replies: [] as number[] };
  for (const byte of bytes) {
    const one = wire.hear(byte);
    if (one?.kind === 'data') heard.data.push(one.byte);
    if (one?.kind === 'reply') heard.replies.push(...one.bytes);
  }
  return heard;
}

const cases: readonly {
  name: string;
  input: readonly number[];
  data?: readonly number[];
  replies?: readonly number[];
}[] = [
  { name: 'plain bytes are data', input: [114, 0, 254], data: [114, 0, 254] },
  { name: 'a doubled 255 is one byte of data', input: [IAC, IAC, 97], data: [255, 97] },
  { name: 'NOP, AYT and GA say nothing', input: [IAC, 241, IAC, 246, IAC, 249, 97], data: [97] },
  { name: 'interrupt and break are ^C', input: [IAC, 244, IAC, 243], data: [3, 3] },
  { name: 'erase character, erase line, end of file', input: [IAC, 247, IAC, 248, IAC, 236], data: [127, 21, 4] },
  {
    name: 'answers to the greeting are not answered',
    input: [IAC, DO, ECHO, IAC, DO, SGA, IAC, WILL, NAWS, IAC, WONT, ECHO],
  },
  { name: 'the same answer again is not answered', input: [IAC, DO, ECHO, IAC, DO, ECHO, IAC, DO, ECHO] },
  {
    name: 'an option we do not have is refused',
    input: [IAC, DO, TTYPE, IAC, WILL, TTYPE],
    replies: [IAC, WONT, TTYPE, IAC, DONT, TTYPE],
  },
  { name: 'a refusal of it is not answered', input: [IAC, DONT, TTYPE, IAC, WONT, TTYPE] },
  { name: 'refused echo stays off in silence', input: [IAC, DONT, ECHO] },
  {
    name: 'echo off after on is confirmed once',
    input: [IAC, DO, ECHO, IAC, DONT, ECHO, IAC, DONT, ECHO],
    replies: [IAC, WONT, ECHO],
  },
  { name: 'echo on after off is confirmed', input: [IAC, DONT, ECHO, IAC, DO, ECHO], replies: [IAC, WILL, ECHO] },
  { name: 'a subnegotiation is skipped', input: [IAC, SB, NAWS, 0, 80, 0, 24, IAC, SE, 97], data: [97] },
  { name: 'a doubled 255 inside it does not end it', input: [IAC, SB, NAWS, IAC, IAC, IAC, SE, 97], data: [97] },
  {
    name: 'one without an end ends at the next command',
    input: [IAC, SB, NAWS, 1, IAC, DO, TTYPE, 97],
    data: [97],
    replies: [IAC, WONT, TTYPE],
  },
];

for (const { name, input, data = [], replies = [] } of cases) {
  test(`telnet: ${name}`, () => assert.deepEqual(hear(input), { data, replies }));
}

test('telnet: options also work without a greeting', () => {
  assert.deepEqual(hear([IAC, DO, SGA, IAC, WILL, NAWS], false).replies, [IAC, WILL, SGA, IAC, DO, NAWS]);
});

test('telnet: splitting the bytes changes nothing, and a reply is 3 bytes for 3', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(IAC, SB, SE, WILL, WONT, DO, DONT, ECHO, SGA), fc.nat(255))),
      (bytes) => {
        const { data, replies } = hear(bytes);
        assert.ok(data.length + replies.length <= bytes.length, `${data.length} + ${replies.length} > ${bytes.length}`);
      },
    ),
    { seed: 1 },
  );
});

test('telnet: two ends never talk for ever (RFC 1143)', () => {
  const option = fc.tuple(fc.constantFrom(WILL, WONT, DO, DONT), fc.nat(40)).map(([verb, at]) => [IAC, verb, at]);
  fc.assert(
    fc.property(fc.array(option), (requests) => {
      const [here, there] = [telnet(true), telnet(false)];
      let [from, to] = [here, there];
      let bytes = [...GREETING, ...requests.flat()];
      for (let turns = 0; bytes.length > 0; turns++) {
        assert.ok(turns < 10, `still talking: ${bytes.join(' ')}`);
        const ear = to;
        bytes = bytes.flatMap((byte) => {
          const heard = ear.hear(byte);
          return heard?.kind === 'reply' ? [...heard.bytes] : [];
        });
        [from, to] = [to, from];
      }
    }),
    { seed: 1 },
  );
});
