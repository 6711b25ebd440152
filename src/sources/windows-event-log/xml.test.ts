import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#contract';
import { readXml, type XmlElement } from './xml.ts';

const shown = (element: XmlElement | undefined): unknown =>
  element === undefined
    ? undefined
    : [element.name, Object.fromEntries(element.attributes), element.text, ...element.children.map(shown)];

const good: readonly (readonly [xml: string, tree: unknown])[] = [
  ['<A/>', ['A', {}, '']],
  ['<A></A>', ['A', {}, '']],
  ['<A >x</A >', ['A', {}, 'x']],
  [`<A b='1' c = "2 '"/>`, ['A', { b: '1', c: "2 '" }, '']],
  ['<A>1<B/>2</A>', ['A', {}, '12', ['B', {}, '']]],
  ['<A><B>1</B><B>2</B></A>', ['A', {}, '', ['B', {}, '1'], ['B', {}, '2']]],
  ['<a:A xmlns:a="u"/>', ['a:A', { 'xmlns:a': 'u' }, '']],
  ['<A>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</A>', ['A', {}, `<>&"'A😀`]],
  [`<A b='&lt;&#10;'/>`, ['A', { b: '<\n' }, '']],
  ['<A>&amp;lt;</A>', ['A', {}, '&lt;']],
  ['<A><![CDATA[<B>&amp;]]>!</A>', ['A', {}, '<B>&amp;!']],
  ['\ufeff<?xml version="1.0" encoding="utf-16"?>\r\n<A/>\r\n', ['A', {}, '']],
  ['<A>&#xD800;</A>', ['A', {}, '\ufffd']],
  ['<__proto__ constructor="1"/>', ['__proto__', { constructor: '1' }, '']],
];
for (const [xml, tree] of good) test(`read: ${JSON.stringify(xml)}`, () => assert.deepEqual(shown(readXml(xml)), tree));

const bad: readonly string[] = [
  '',
  'A',
  '<A>',
  '</A>',
  '<A></B>',
  '<A/><B/>',
  '<A/>x',
  '<A><B></A></B>',
  '<A b=1/>',
  '<A b="<"/>',
  `<A b="1'/>`,
  '<A b="1"c="2"/>',
  '<1/>',
  '<A>&nobody;</A>',
  '<A>&</A>',
  '<A>&#x110000;</A>',
  '<A>&constructor;</A>',
  '<!DOCTYPE A [<!ENTITY b "c">]><A>&b;</A>',
  '<A><!-- x --></A>',
  '<A><?x?></A>',
  '<A><![CDATA[x]]</A>',
  '<![CDATA[x]]>',
  `${'<A>'.repeat(LIMITS.depth + 1)}${'</A>'.repeat(LIMITS.depth + 1)}`,
  `<A>${'<B/>'.repeat(LIMITS.fields)}</A>`,
  `<A>${'x'.repeat(LIMITS.bytes)}</A>`,
];
for (const xml of bad) test(`refused: ${xml.slice(0, 60)}`, () => assert.equal(readXml(xml), undefined));

const text = fc.string({ unit: 'grapheme' });
const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,5}$/);
const escape = (raw: string): string => raw.replace(/[&<>"'\r\n\t]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const { tree } = fc.letrec<{ tree: unknown[]; leaf: unknown[] }>((tie) => {
  const head = [name, fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }), text] as const;
  return {
    leaf: fc.tuple(...head),
    tree: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc
        .tuple(...head, fc.array(tie('tree'), { maxLength: 3 }))
        .map(([tag, attributes, words, children]) => [tag, attributes, words, ...children]),
    ),
  };
});

function write([tag, attributes, words, ...children]: unknown[]): string {
  const pairs = Object.entries(attributes as Record<string, string>).map(
    ([key, value]) => ` ${key}="${escape(value)}"`,
  );
  return `<${String(tag)}${pairs.join('')}>${escape(String(words))}${(children as unknown[][]).map(write).join('')}</${String(tag)}>`;
}

test('law: what is written is read', () => {
  fc.assert(
    fc.property(tree, (one) => assert.deepEqual(shown(readXml(write(one))), one)),
    { seed: 1, numRuns: 300 },
  );
});

test('law: any text is read or refused', () => {
  const token = fc.constantFrom(
    '<',
    '>',
    '/',
    '&',
    ';',
    '=',
    '"',
    "'",
    'A',
    ' ',
    '<A>',
    '</A>',
    '<![CDATA[',
    ']]>',
    '&#1',
    '<?xml',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(token, text), { maxLength: 40 }), (tokens) => {
      readXml(`<A>${tokens.join('')}</A>`);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('time grows with the text and no faster', () => {
  const sizes = [64 * 1024, 1024 * 1024 - 10];
  for (const part of ['&', '<A b="', '<A ', '&#1', ' ', '<![CDATA[', 'x=', '</']) {
    for (const size of sizes) readXml(`<A>${part.repeat(size / part.length)}`.slice(0, size));
  }
});
