/** Texts → templates and slots; `./template.ts` has the form. Every text is looked at once, byte by byte. */
import { asPlain, type Writer } from './bytes.ts';
import type { Texts } from './columns.ts';
import { type Cutter, cutting, LONGEST } from './cutter.ts';
import { writeNumbers } from './numbers.ts';
import type { References } from './references.ts';
import { AS_THEY_ARE, BY_LENGTH, itemsOf, MOST_DIGITS, NUMBER, OFFSETS, STAMP, WORD } from './template.ts';
import { TEMPLATES, writeTexts } from './text.ts';
import { listTokens, type TokenSink } from './tokens.ts';

export interface TextsToWrite {
  readonly texts: Texts;
  /** The event of each text, and the events' times. */
  readonly rows: Uint32Array;
  readonly times: ArrayLike<number>;
  readonly references: References;
  /** Is told every word of the texts, but for those of other columns' values. */
  readonly tokens: TokenSink;
}

/** A template that fewer texts have costs more than they do. */
const FEWEST = 2;

interface Slot {
  readonly kind: number;
  /** Numbers; of words, where each begins in the texts' bytes. */
  readonly values: number[];
  /** Of words, where each ends. */
  readonly ends: number[];
}

interface Template {
  readonly bytes: Uint8Array;
  readonly slots: readonly Slot[];
  /** Another one whose hash is the same. */
  readonly other: Template | undefined;
  uses: number;
  /** As it will be written; 0 while nobody knows. */
  number: number;
}

export function writeTemplates(out: Writer, input: TextsToWrite): void {
  const { texts, tokens } = input;
  const { chosen, found } = templatesOf(input);
  const kept = found.filter(({ uses }) => uses >= FEWEST).toSorted((a, b) => b.uses - a.uses);
  for (const [index, template] of kept.entries()) template.number = index + 1;
  for (const { bytes } of kept) {
    for (const item of itemsOf(bytes) ?? []) {
      if (item.kind === 'text') listTokens(tokens, item.bytes, 0, item.bytes.length);
    }
  }
  out.byte(TEMPLATES);
  out.count(kept.length);
  writeTexts(out, joined(kept.map(({ bytes }) => bytes)));
  const numbers = new Uint32Array(chosen.length);
  for (let position = 0; position < numbers.length; position++) numbers[position] = chosen[position]?.number ?? 0;
  writeNumbers(out, numbers);
  const plain: Uint8Array[] = [];
  for (let position = numbers.indexOf(0); position >= 0; position = numbers.indexOf(0, position + 1)) {
    const [from, to] = [texts.starts[position] ?? 0, texts.starts[position + 1] ?? 0];
    listTokens(tokens, texts.bytes, from, to);
    plain.push(texts.bytes.subarray(from, to));
  }
  writeTexts(out, joined(plain));
  for (const { slots } of kept) for (const slot of slots) writeSlot(out, slot, texts);
}

function joined(texts: readonly Uint8Array[]): Texts {
  const starts = new Uint32Array(texts.length + 1);
  for (const [index, { length }] of texts.entries()) starts[index + 1] = (starts[index] ?? 0) + length;
  return { bytes: Buffer.concat(texts), starts };
}

function writeSlot(out: Writer, { kind, values, ends }: Slot, texts: Texts): void {
  if (kind === STAMP) writeNumbers(out, values);
  else if (kind === NUMBER) writeDigits(out, values);
  else writeTexts(out, joined(values.map((from, index) => texts.bytes.subarray(from, ends[index]))));
}

/** The least number of so many digits that needs no zeros before it. */
const LEAST: readonly number[] = Array.from({ length: MOST_DIGITS + 1 }, (_, length) => 10 ** (length - 1));

/** Numbers come counted by length, and are written so that they are small. */
function writeDigits(out: Writer, counted: readonly number[]): void {
  let [padded, shortest, longest] = [false, MOST_DIGITS, 0];
  const plain = new Float64Array(counted.length);
  for (let index = 0; index < plain.length; index++) {
    const value = counted[index] ?? 0;
    let length = 1;
    while (length < MOST_DIGITS && value >= (OFFSETS[length + 1] ?? Infinity)) length++;
    const number = value - (OFFSETS[length] ?? 0);
    if (length > 1 && number < (LEAST[length] ?? 0)) padded = true;
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
    plain[index] = number;
  }
  const form = padded ? (shortest === longest ? longest : BY_LENGTH) : AS_THEY_ARE;
  out.byte(form);
  writeNumbers(out, form === BY_LENGTH ? counted : plain);
}

interface Found {
  readonly found: readonly Template[];
  /** Of each text; undefined: none. */
  readonly chosen: readonly (Template | undefined)[];
}

function templatesOf({ texts, rows, times, references, tokens }: TextsToWrite): Found {
  const cutter = cutting(asPlain(texts.bytes), references, tokens);
  const byHash = new Map<number, Template>();
  const found: Template[] = [];
  const chosen: (Template | undefined)[] = [];
  const recentOf: (Recent | undefined)[] = [];
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] ?? 0;
    const [from, to] = [texts.starts[position] ?? 0, texts.starts[position + 1] ?? 0];
    const time = times[row] ?? 0;
    const lately = (recentOf[references.shape(row)] ??= recent());
    const known =
      to - from > LONGEST ? undefined : lately.find((one) => cutter.follows(one.bytes, from, to, row, time));
    if (known !== undefined) {
      take(known, cutter);
      chosen.push(known);
      continue;
    }
    const length = to - from > LONGEST ? -1 : cutter.cut(from, to, row, time);
    if (length < 0) {
      chosen.push(undefined);
      continue;
    }
    const hash = hashOf(cutter.template, length);
    const first = byHash.get(hash);
    let template = first;
    while (template !== undefined && !isSame(template.bytes, cutter.template, length)) template = template.other;
    if (template === undefined) {
      template = newTemplate(cutter, length, first);
      byHash.set(hash, template);
      found.push(template);
    }
    take(template, cutter);
    chosen.push(template);
    lately.add(template);
  }
  return { found, chosen };
}

/** So many templates are held against a text before it is cut … */
const MOST_RECENT = 8;
/** … as long as one text in so many follows one of them. */
const SELDOM = 4;
const ENOUGH_TRIES = 256;

/** What the last texts of one shape's events followed, the latest first: programs say the same again and again. */
interface Recent {
  find(follows: (template: Template) => boolean): Template | undefined;
  add(template: Template): void;
}

function recent(): Recent {
  const latest: Template[] = [];
  let [tries, hits] = [0, 0];
  return {
    find(follows) {
      if (tries > ENOUGH_TRIES && hits * SELDOM < tries) return undefined;
      tries++;
      for (let at = 0; at < latest.length; at++) {
        const template = latest[at] as Template;
        if (!follows(template)) continue;
        for (let i = at; i > 0; i--) latest[i] = latest[i - 1] as Template;
        latest[0] = template;
        hits++;
        return template;
      }
      return undefined;
    },
    add(template) {
      if (latest.length === MOST_RECENT) latest.pop();
      latest.unshift(template);
    },
  };
}

/** FNV-1a. What is not small is no key that a Map finds soon, so it has a sign. */
function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

function take(template: Template, { values, ends }: Cutter): void {
  template.uses++;
  const { slots } = template;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as Slot;
    slot.values.push(values[index] ?? 0);
    if (slot.kind === WORD) slot.ends.push(ends[index] ?? 0);
  }
}

function isSame(bytes: Uint8Array, other: Uint8Array, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[at] !== other[at]) return false;
  return true;
}

const newTemplate = ({ template, kinds, slots }: Cutter, length: number, other: Template | undefined): Template => ({
  bytes: template.slice(0, length),
  slots: Array.from(kinds.subarray(0, slots()), (kind) => ({ kind, values: [], ends: [] })),
  other,
  uses: 0,
  number: 0,
});
