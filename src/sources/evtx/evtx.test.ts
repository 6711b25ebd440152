/** Every kind of token and of value, in logs that are written here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evtxText, isEvtxDamage, readEvtx } from './index.ts';
import { type Body, type Content, element, evtxChunk, evtxFile, slot, type Value, value } from './writer.fixture.ts';

const WRITTEN = Date.UTC(2025, 10, 28, 7, 59, 1, 340);

const logOf = (...bodies: readonly Body[]): Buffer =>
  evtxFile([evtxChunk(bodies.map((body, index) => ({ id: index + 1, written: WRITTEN, body })))]);

function recordsOf(log: Uint8Array): unknown[] {
  return [...readEvtx(log)].map((item) => (isEvtxDamage(item) ? item : item.record));
}

/** What a template with these children and values becomes, inside its root. */
function expanded(children: readonly Content[], values: readonly Value[] = []): unknown {
  const [record] = recordsOf(logOf({ template: element('E', {}, ...children), values }));
  return record !== null && typeof record === 'object' && 'E' in record ? record.E : record;
}

const SID_USER = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xf4, 1, 0, 0];
const SID_SYSTEM = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
const GUID = [0x5f, 0x38, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 6, 0xf5, 0x69, 0x8f, 0xfb, 0xd9];
const f32 = Buffer.alloc(4);
f32.writeFloatLE(0.5);
const f64 = Buffer.alloc(8);
f64.writeDoubleLE(-1.25);

const VALUES: readonly (readonly [what: string, value: Value, json: unknown])[] = [
  ['null', value.none, null],
  ['string', value.string('C:\\Windows\\Übung'), 'C:\\Windows\\Übung'],
  ['string with padding', value.string('cmd.exe" \t \u0085'), 'cmd.exe"'],
  ['string with a mark of byte order at its end', value.string('x\ufeff'), 'x\ufeff'],
  ['string up to its NUL', value.string('one\0two'), 'one'],
  ['empty string', value.string(''), ''],
  ['half a surrogate pair', value.string('a\ud800b'), 'a\ufffdb'],
  ['odd string', { type: 1, bytes: Buffer.from('a\0b', 'latin1') }, 'a'],
  ['ansi', { type: 2, bytes: Buffer.from('caf\xe9 \x80\0', 'latin1') }, 'café €'],
  ['int8', value.number(3, 1, -1), -1],
  ['uint8', value.number(4, 1, 255), 255],
  ['int16', value.number(5, 2, -2), -2],
  ['uint16', value.number(6, 2, 65_535), 65_535],
  ['int32', value.number(7, 4, -3), -3],
  ['uint32', value.number(8, 4, 4_294_967_295), 4_294_967_295],
  ['int64', value.number(9, 8, -4), -4],
  ['uint64', value.number(10, 8, 2n ** 64n - 1n), 2 ** 64],
  ['float', { type: 11, bytes: f32 }, 0.5],
  ['double', { type: 12, bytes: f64 }, -1.25],
  ['float that is no number', value.number(11, 4, 0x7fc0_0000), null],
  ['true', value.number(13, 4, 1), true],
  ['true as somebody writes it', value.number(13, 4, 0x100), true],
  ['false', value.number(13, 4, 0), false],
  ['binary', value.bytes(14, 0, 0xab, 0xff), '00ABFF'],
  ['empty binary', value.bytes(14), ''],
  ['guid', value.bytes(15, ...GUID), '5770385F-C22A-43E0-BF4C-06F5698FFBD9'],
  ['size_t of 32 bits', value.number(16, 4, 4096), '0x1000'],
  ['size_t of 64 bits', value.number(16, 8, 2n ** 40n), '0x10000000000'],
  ['filetime', value.time(WRITTEN, 5_539), '2025-11-28T07:59:01.340553Z'],
  ['the first filetime', value.number(17, 8, 0), '1601-01-01T00:00:00.000000Z'],
  [
    'systemtime',
    value.bytes(18, 0xe9, 7, 11, 0, 5, 0, 28, 0, 7, 0, 59, 0, 1, 0, 0x54, 1),
    '2025-11-28T07:59:01.340000Z',
  ],
  ['systemtime of nothing', { type: 18, bytes: Buffer.alloc(16) }, '1601-01-01T00:00:00.000000Z'],
  ['systemtime that never was', { type: 18, bytes: Buffer.alloc(16, 1) }, '01'.repeat(16)],
  ['sid', value.bytes(19, ...SID_SYSTEM), 'S-1-5-18'],
  ['long sid', value.bytes(19, ...SID_USER), 'S-1-5-21-1-2-3-500'],
  ['sid that promises more than it has', value.bytes(19, 1, 9, ...SID_SYSTEM.slice(2)), 'S-1-5-18'],
  ['hex32', value.number(20, 4, 0x3b5c_b2), '0x3b5cb2'],
  ['hex32 with its highest bit', value.number(20, 4, 0xffff_ffff), '0xffffffff'],
  ['hex64', value.number(21, 8, 2n ** 63n), '0x8000000000000000'],
  ['hex64 of zero', value.number(21, 8, 0), '0x0'],
  ['handle', value.number(32, 8, 0x2a), '0x2a'],
  ['xml', { type: 35, bytes: Buffer.from('<a/>', 'utf16le') }, '<a/>'],
  ['strings', value.strings('a', '', 'b '), ['a', '', 'b ']],
  ['no strings', value.strings(), []],
  ['ansi strings', { type: 0x82, bytes: Buffer.from('a\0b\0') }, ['a', 'b']],
  ['numbers', value.bytes(0x86, 1, 0, 2, 0), [1, 2]],
  ['booleans', value.bytes(0x8d, 1, 0, 0, 0, 0, 0, 0, 0), [true, false]],
  ['guids', value.bytes(0x8f, ...GUID), ['5770385F-C22A-43E0-BF4C-06F5698FFBD9']],
  ['sizes', value.number(0x90, 8, 0x10), ['0x10']],
  ['times', { type: 0x91, bytes: Buffer.alloc(8) }, ['1601-01-01T00:00:00.000000Z']],
  ['sids', value.bytes(0x93, ...SID_SYSTEM, ...SID_USER), ['S-1-5-18', 'S-1-5-21-1-2-3-500']],
  ['hexes', value.number(0x94, 4, 255), ['0xff']],
  ['a number that is too short', value.bytes(8, 1, 2), '0102'],
  ['a number with more than it needs', value.bytes(6, 1, 0, 9, 9), 1],
];
for (const [what, one, json] of VALUES) {
  test(`value: ${what}`, () => assert.deepEqual(expanded([slot(0, one.type)], [one, value.string('next')]), json));
}

const named = (name: string, ...children: readonly Content[]): Content =>
  element('Data', { Name: [name] }, ...children);
const TREES: readonly (readonly [
  what: string,
  children: readonly Content[],
  values: readonly Value[],
  json: unknown,
])[] = [
  ['empty elements are null', [element('A'), element('B', {}, slot(0))], [value.none], { A: null, B: null }],
  [
    'attributes',
    [element('A', { k: ['v'], n: [slot(0, 8)] })],
    [value.number(8, 4, 7)],
    { A: { '#attributes': { k: 'v', n: 7 } } },
  ],
  ['attributes without a value', [element('A', { k: [slot(0)] }, '1')], [value.none], { A: '1' }],
  [
    'attributes and text',
    [element('A', { k: ['v'] }, slot(0, 6))],
    [value.number(6, 2, 5)],
    { A: { '#attributes': { k: 'v' }, '#text': 5 } },
  ],
  [
    'an attribute of several parts',
    [element('A', { k: ['a', { entity: 'amp' }, slot(0, 6)] })],
    [value.number(6, 2, 5)],
    { A: { '#attributes': { k: 'a&5' } } },
  ],
  ['repeated names', ['1', '2', '3'].map((text) => element('A', {}, text)), [], { A: '3', A_1: '1', A_2: '2' }],
  [
    'repeated attributes',
    ['1', '2'].map((text) => element('A', { k: [text] })),
    [],
    { A: { '#attributes': { k: '2' } }, A_1: { '#attributes': { k: '1' } } },
  ],
  [
    'named data',
    [named('X', slot(0)), named('Y', slot(1, 8)), named('Z')],
    [value.string('a'), value.number(8, 4, 1)],
    { X: 'a', Y: 1, Z: null },
  ],
  ['data of one name', [named('X', 'a'), named('X', 'b')], [], { X: 'b', X_1: 'a' }],
  [
    'data without names',
    [element('Data', {}, 'a'), element('Data'), element('Data', {}, 'b')],
    [],
    { Data: { '#text': ['a', 'b'] } },
  ],
  [
    'one data without a name',
    [element('Data', {}, slot(0, 0x81))],
    [value.strings('a', 'b')],
    { Data: { '#text': ['a', 'b'] } },
  ],
  [
    'numbers without names',
    [element('Data', {}, slot(0, 8)), element('Data', {}, slot(0, 8))],
    [value.number(8, 4, 1)],
    { Data: { '#text': [1, 1] } },
  ],
  ['data inside of data', [element('Data', {}, element('A', {}, '1'))], [], { Data: { A: '1' } }],
  [
    'text with entities',
    [element('A', {}, 'a', { entity: 'lt' }, { entity: 'quot' }, { entity: 'nbsp' }, 'b')],
    [],
    { A: 'a<"&nbsp;b' },
  ],
  ['text after a number', [element('A', {}, slot(0, 8), 'x')], [value.number(8, 4, 1)], { A: '1x' }],
  ['characters and cdata', [element('A', {}, { character: 65 }, { cdata: '<b> ' })], [], { A: 'A<b> ' }],
  ['instructions are left out', [element('A', {}, { instruction: ['php', 'x'] }, '1')], [], { A: '1' }],
  ['text before an element', [element('A', {}, 'x', element('B', {}, '1'))], [], { A: { B: '1', B_1: 'x' } }],
  ['a slot that has no value', [element('A', {}, slot(9))], [], { A: null }],
  ['one slot twice', [element('A', {}, slot(0)), element('B', {}, slot(0))], [value.string('a')], { A: 'a', B: 'a' }],
  [
    'names that mean something to JavaScript',
    [named('__proto__', 'a'), named('constructor', 'b'), named('toString', 'c')],
    [],
    JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}'),
  ],
];
for (const [what, children, values, json] of TREES)
  test(what, () => assert.deepEqual(expanded(children, values), json));

test('prototypes stay as they are', () => {
  const hostile = expanded([named('__proto__', element('polluted', {}, 'x'))]);
  assert.equal(Object.getPrototypeOf(hostile), Object.prototype);
  assert.equal('polluted' in {}, false);
});

const data = element('EventData', {}, named('Image', slot(0)), named('Pid', slot(1, 8)));
const system = element(
  'Event',
  { xmlns: ['urn:x'] },
  element('System', {}, element('EventID', {}, slot(0, 6))),
  slot(1, 0x21),
);
const event = (fragment: Body): Body => ({
  template: system,
  values: [value.number(6, 2, 11), value.fragment(fragment)],
});
const FRAGMENTS: readonly (readonly [what: string, fragment: Body, json: object])[] = [
  [
    'a template of its own',
    { template: data, values: [value.string('a.exe'), value.number(8, 4, 7)] },
    { EventData: { Image: 'a.exe', Pid: 7 } },
  ],
  ['elements', { plain: element('UserData', {}, element('A', {}, '1')) }, { UserData: { A: '1' } }],
  ['nothing', { raw: Buffer.alloc(0) }, {}],
];
for (const [what, fragment, json] of FRAGMENTS) {
  test(`a value that holds ${what}`, () => {
    // The second record points to the names and templates of the first one.
    const records = recordsOf(logOf(event(fragment), event(fragment)));
    const one = { Event: { '#attributes': { xmlns: 'urn:x' }, System: { EventID: 11 }, ...json } };
    assert.deepEqual(records, [one, one]);
  });
}

const plain = element('Event', {}, element('A', { k: ['v'] }));
const USUAL = { Event: { A: { '#attributes': { k: 'v' } } } };
const STARTS: readonly (readonly [what: string, body: Body])[] = [
  ['a record without a template', { plain }],
  ['a record without a template, with dependency identifiers', { plain, dependent: true }],
  ['a template without dependency identifiers', { template: plain, values: [], dependent: false }],
];
for (const [what, body] of STARTS) test(what, () => assert.deepEqual(recordsOf(logOf(body, body)), [USUAL, USUAL]));

test('a record says who it is, when it was written, and where it is', () => {
  const log = logOf({ plain: element('Event', {}, 'x') }, { plain: element('Event', {}, 'y') });
  const items = [...readEvtx(log)];
  const [first, second] = items;
  assert.ok(first !== undefined && second !== undefined && !isEvtxDamage(first) && !isEvtxDamage(second));
  assert.deepEqual([first.id, first.written, first.at], [1, WRITTEN, 4096 + 512]);
  assert.deepEqual([second.id, second.written, second.at], [2, WRITTEN, first.at + first.size]);
  assert.equal(evtxText(first), '{"Event":"x"}');
});
