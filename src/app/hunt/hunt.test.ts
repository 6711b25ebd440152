/** Files as people have them, through a whole hunt: each shape of the same two records has the same hits. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { RuleDocument } from '#contract';
import { crewOf } from './crew.ts';
import { hunt } from './hunt.ts';

const content = {
  title: 'Who am I',
  id: '00000000-0000-4000-8000-000000000001',
  logsource: { product: 'windows', category: 'process_creation' },
  detection: { selection: { 'Image|endswith': '\\whoami.exe' }, condition: 'selection' },
};
const documents: readonly RuleDocument[] = [{ file: 'a.yml', line: 1, content }];

const record = (image: string): object => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Computer: 'desk.example',
    },
    EventData: { Image: image, CommandLine: 'ü' },
  },
});
const HIT = record('C:\\x\\whoami.exe');
const MISS = record('C:\\x\\other.exe');
const line = (one: object): string => `${JSON.stringify(one)}\n`;
const pretty = (one: unknown): string => `${JSON.stringify(one, undefined, 2)}\n`;
const xml = (image: string): string =>
  `<Event xmlns="x">\n  <System>\n    <Provider Name="Microsoft-Windows-Sysmon"/>\n    <EventID>1</EventID>\n    <Channel>Microsoft-Windows-Sysmon/Operational</Channel>\n  </System>\n  <EventData>\n    <Data Name="Image">${image}</Data>\n  </EventData>\n</Event>\n`;
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const JSONL = line(MISS) + line(HIT);
const PRETTY = pretty(MISS) + pretty(HIT);
const XML = xml('C:\\x\\other.exe') + xml('C:\\x\\whoami.exe');

/** The second record hits. */
const SHAPES: readonly (readonly [what: string, content: string | Buffer])[] = [
  ['a line each', JSONL],
  ['no line between', JSONL.replaceAll('\n', '')],
  ['pretty-printed', PRETTY],
  ['CR LF', PRETTY.replaceAll('\n', '\r\n')],
  ['evtx_dump, which numbers them', `Record 1\n${pretty(MISS)}Record 2\n${pretty(HIT)}`],
  ['an array', JSON.stringify([MISS, HIT])],
  ['a pretty-printed array', pretty([MISS, HIT])],
  ['a byte order mark', `\ufeff${JSONL}`],
  ['UTF-16', Buffer.from(`\ufeff${PRETTY}`, 'utf16le')],
  ['UTF-16, big endian', swapped(`\ufeff${PRETTY}`)],
  ['UTF-16 without a mark', Buffer.from(PRETTY, 'utf16le')],
  ['UTF-16, big endian, without a mark', swapped(PRETTY)],
  ['RFC 7464', `\x1e${line(MISS)}\x1e${line(HIT)}`],
  ['a list within EventData', line(MISS) + line(HIT).replace('{"Image"', '[{"Data":{"Image"').replace('}}}', '}}]}}')],
  ['zeros of a power cut', `${'\0'.repeat(600)}${line(MISS)}${line(HIT)}${'\0'.repeat(100_000)}`],
  ['zeros between records', `${pretty(MISS)}${'\0'.repeat(600)}\n${pretty(HIT)}`],
  ['gzip', gzipSync(JSONL)],
  ['gzip, zeros behind', Buffer.concat([gzipSync(JSONL), Buffer.alloc(512)])],
  ['gzip, two members', Buffer.concat([gzipSync(line(MISS)), gzipSync(line(HIT))])],
  ['zstd', zstdCompressSync(PRETTY)],
  ['XML', XML],
  ['XML within another element', `<?xml version="1.0"?><?xml-stylesheet href="x"?><!-- x --><Root a="b">${XML}</Root>`],
  ['XML, zeros behind', XML + '\0'.repeat(600)],
  ['XML, one line', XML.replaceAll('\n', '')],
  ['XML within Events, UTF-16', Buffer.from(`\ufeff<?xml version="1.0"?>\n<Events>\n${XML}</Events>\n`, 'utf16le')],
  [
    'XML, as evtx_dump numbers it',
    `Record 1\n<?xml version="1.0"?>\n${xml('x')}Record 2\n<?xml version="1.0"?>\n${xml('C:\\whoami.exe')}`,
  ],
];

async function hits(
  context: TestContext,
  files: readonly (string | Buffer)[],
  threads = 0,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hunt-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const inputs = files.map((bytes, at) => {
    const name = join(folder, `${at}.log`);
    writeFileSync(name, bytes);
    return { name, size: statSync(name).size };
  });
  const found: string[] = [];
  await hunt(
    inputs,
    crewOf(threads),
    () => ({
      documents,
      problems: [],
      wanted: { level: undefined, rules: [], tags: [] },
      placeholders: {},
      mapping: true,
      host: 'h',
      timezone: 'UTC',
    }),
    {
      stdin: process.stdin,
      signal: new AbortController().signal,
      now: () => Date.UTC(2026, 1, 3),
      onHit: ({ file, record: at }) => found.push(`${file}:${at}`),
      onDamage: (_, at, reason) => found.push(`${at} ${reason}`),
      onProgress: () => undefined,
      onRules: () => undefined,
    },
  );
  return found;
}

/** Their records are one behind the other in it, whatever the place. */
const ENVELOPES: readonly (readonly [what: string, content: string])[] = [
  ['xmltodict', pretty({ Events: { Event: [MISS, HIT].map((one) => (one as { readonly Event: object }).Event) } })],
  [
    'Splunk',
    line({
      preview: false,
      init_offset: 0,
      messages: [],
      results: [{ _raw: xml('x') }, { _raw: xml('\\whoami.exe') }],
    }),
  ],
];
for (const [what, bytes] of ENVELOPES)
  test(`an envelope: ${what}`, async (context) => assert.deepEqual(await hits(context, [bytes]), ['0:1']));

for (const [what, squeeze] of [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`what breaks off is looked through as far as it goes: ${what}`, async (context) => {
    const records = Array.from({ length: 2000 }, (_, at) => line({ ...(at % 2 === 0 ? HIT : MISS), at: Math.sin(at) }));
    const packed = squeeze(records.join(''));
    const found = await hits(context, [packed.subarray(0, packed.length - 8)]);
    const places = found.filter((place) => place.startsWith('0:'));
    assert.ok(places.length > 700 && places.length < 1001, `${places.length}`);
    assert.deepEqual(
      places,
      places.map((_, at) => `0:${2 * at + 1}`),
    );
  });
}

for (const [what, bytes] of SHAPES)
  test(`the same hits: ${what}`, async (context) => assert.deepEqual(await hits(context, [bytes]), ['0:2']));

test('threads find the same in the same order', async (context) => {
  const files = SHAPES.map(([, bytes]) => bytes);
  assert.deepEqual(
    await hits(context, files, 2),
    files.map((_, at) => `${at}:2`),
  );
});
