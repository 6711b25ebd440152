/**
 * The modifiers of an item (`field|modifier|…`), in the order in which they are written: each turns the values it is
 * given into others, or says how they are compared. Specification 2.1, "modifiers".
 */
import { base64, base64offset, utf16, windash } from './encode.ts';
import type { FieldComparison } from './expression.ts';
import { MOMENT_PARTS, type MomentPart } from './moment.ts';
import type { Order } from './number.ts';
import { parsePattern, type Pattern, placed, type Placement } from './pattern.ts';
import { expand, type Placeholders } from './placeholder.ts';
import { Refusal, shown } from './refusal.ts';

const PLACEMENTS: Readonly<Record<string, Placement>> = {
  contains: { before: true, after: true },
  startswith: { before: false, after: true },
  endswith: { before: true, after: false },
};
const COMPARISONS: Readonly<Record<string, FieldComparison>> = {
  contains: 'contains',
  startswith: 'startswith',
  endswith: 'endswith',
};
const ENCODINGS = ['base64', 'base64offset', 'windash', 'wide', 'utf16', 'utf16le', 'utf16be'] as const;
const ORDER_NAMES: readonly string[] = ['lt', 'lte', 'gt', 'gte'] satisfies readonly Order[];

/** How the values are compared; `text` unless a modifier says otherwise. */
export type Comparison =
  | { readonly kind: 'text' | 'range' | 'exists' }
  | { readonly kind: 'regex'; readonly flags: string }
  | { readonly kind: 'order'; readonly order: Order; readonly part: MomentPart | undefined }
  | { readonly kind: 'field'; readonly how: FieldComparison };

/** A text that a value became. */
export interface TextValue {
  readonly parts: Pattern;
  readonly binary: boolean;
}

export interface Modifiers {
  readonly comparison: Comparison;
  readonly all: boolean;
  readonly cased: boolean;
  readonly negated: boolean;
  /** True where a modifier works on texts, so that other values have no place. */
  readonly textOnly: boolean;
  /** The texts that one text stands for; any of them will do. */
  readonly texts: (value: string) => readonly TextValue[];
}

type Step = (value: TextValue) => readonly TextValue[];

const encodings: Readonly<Record<(typeof ENCODINGS)[number], Step>> = {
  base64: (value) => [{ parts: [base64(value)], binary: false }],
  base64offset: (value) => base64offset(value).map((form) => ({ parts: [form], binary: false })),
  windash: ({ parts, binary }) => [{ parts: windash(parts), binary }],
  wide: (value) => [utf16(value, 'le')],
  utf16: (value) => [utf16(value, 'le')],
  utf16le: (value) => [utf16(value, 'le')],
  utf16be: (value) => [utf16(value, 'be')],
};

const isEncoding = (name: string): name is keyof typeof encodings => Object.hasOwn(encodings, name);
const isOrder = (name: string): name is Order => ORDER_NAMES.includes(name);
const isPart = (name: string): name is MomentPart => MOMENT_PARTS.some((part) => part === name);

/** Collects what the modifiers say, one after the other. */
class Reader {
  readonly #placeholders: Placeholders;
  readonly #steps: Step[] = [];
  comparison: Comparison = { kind: 'text' };
  all = false;
  cased = false;
  negated = false;
  #placed: FieldComparison | undefined;
  #expanded = false;

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders;
  }

  take(name: string): void {
    if (name === 'all') this.all = true;
    else if (name === 'cased') this.cased = true;
    else if (name === 'neq') this.negated = true;
    else if (Object.hasOwn(PLACEMENTS, name)) this.#place(name);
    else if (isEncoding(name)) this.#encode(name);
    else if (name === 'expand') this.#expand();
    else if (isOrder(name)) this.#order(name);
    else if (isPart(name)) this.#first(name, { kind: 'order', order: 'eq', part: name });
    else if (name === 'fieldref') this.#reference();
    else if (name === 're') this.#first(name, { kind: 'regex', flags: '' });
    else if (name === 'cidr') this.#first(name, { kind: 'range' });
    else if (name === 'exists') this.#first(name, { kind: 'exists' });
    else if (/^[ims]$/.test(name) && this.comparison.kind === 'regex')
      this.comparison = { kind: 'regex', flags: this.comparison.flags + name };
    else throw new Refusal(`unknown modifier ${shown(name)}`);
  }

  finish(): Modifiers {
    const { comparison, all, cased, negated } = this;
    if (cased && comparison.kind !== 'text' && comparison.kind !== 'field')
      throw new Refusal(`modifier cased does not go with ${comparison.kind}`);
    if (all && comparison.kind === 'exists') throw new Refusal('modifier all does not go with exists');
    const steps = this.#steps;
    return {
      comparison,
      all,
      cased,
      negated,
      textOnly: steps.length > 0,
      texts: (value) => {
        const first = this.#expanded ? expand(value, this.#placeholders) : [parsePattern(value)];
        return steps.reduce<readonly TextValue[]>(
          (values, step) => values.flatMap(step),
          first.map((parts) => ({ parts, binary: false })),
        );
      },
    };
  }

  /** A comparison that works on the value as it is written. */
  #first(name: string, comparison: Comparison): void {
    if (this.comparison.kind !== 'text' || this.#steps.length > 0 || this.#expanded)
      throw new Refusal(`modifier ${name} does not go with the modifiers before it`);
    this.comparison = comparison;
  }

  #place(name: string): void {
    const placement = PLACEMENTS[name];
    const how = COMPARISONS[name];
    if (placement === undefined || how === undefined) return;
    if (this.#placed !== undefined) throw new Refusal(`modifiers ${this.#placed} and ${name} do not go together`);
    this.#placed = how;
    if (this.comparison.kind === 'field') this.comparison = { kind: 'field', how };
    else if (this.comparison.kind === 'text')
      this.#steps.push(({ parts, binary }) => [{ parts: placed(parts, placement), binary }]);
    else throw new Refusal(`modifier ${name} does not go with ${this.comparison.kind}`);
  }

  #encode(name: keyof typeof encodings): void {
    if (this.comparison.kind !== 'text') throw new Refusal(`modifier ${name} does not go with ${this.comparison.kind}`);
    this.#steps.push(encodings[name]);
  }

  #expand(): void {
    if (this.comparison.kind !== 'text') throw new Refusal(`modifier expand does not go with ${this.comparison.kind}`);
    this.#expanded = true;
  }

  /** `hour|gte` compares the hour; alone it compares the number. */
  #order(order: Order): void {
    const { comparison } = this;
    if (comparison.kind === 'order' && comparison.order === 'eq' && comparison.part !== undefined)
      this.comparison = { ...comparison, order };
    else this.#first(order, { kind: 'order', order, part: undefined });
  }

  /** `contains|fieldref` and `fieldref|contains` are the same. */
  #reference(): void {
    if (this.comparison.kind !== 'text' || this.#expanded || this.#steps.length > (this.#placed === undefined ? 0 : 1))
      throw new Refusal('modifier fieldref does not go with the modifiers before it');
    this.#steps.length = 0;
    this.comparison = { kind: 'field', how: this.#placed ?? 'equals' };
  }
}

/** Throws a Refusal with the reason. */
export function modifiers(names: readonly string[], placeholders: Placeholders): Modifiers {
  const reader = new Reader(placeholders);
  for (const name of names) reader.take(name);
  return reader.finish();
}
