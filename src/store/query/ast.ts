/** What a query asks, after reading it; see parse.ts for how it is written and match.ts for what it means. */
import type { Pattern } from './pattern.ts';

/** `value`: a number, ms for times, and for addresses their bytes in hex (8 or 32 digits). Undefined: open. */
export interface Bound<T> {
  readonly value: T;
  readonly inclusive: boolean;
}

export type FieldTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'text'; readonly pattern: Pattern }
  /** `text` is the value as typed, folded: equal text matches too, whatever it means. */
  | { readonly kind: 'network'; readonly text: string; readonly address: string; readonly bits: number }
  /** In RE2's syntax. */
  | { readonly kind: 'regex'; readonly source: string }
  | {
      readonly kind: 'range';
      readonly of: 'number' | 'time';
      readonly low: Bound<number> | undefined;
      readonly high: Bound<number> | undefined;
    }
  | {
      readonly kind: 'range';
      readonly of: 'address';
      readonly low: Bound<string> | undefined;
      readonly high: Bound<string> | undefined;
    };

export type RangeTest = FieldTest & { readonly kind: 'range' };

export interface FieldTerm {
  readonly kind: 'field';
  readonly name: string;
  readonly column: number;
  readonly test: FieldTest;
}

export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  | { readonly kind: 'word'; readonly pattern: Pattern }
  /** In RE2's syntax, in any field. */
  | { readonly kind: 'regex'; readonly source: string }
  | FieldTerm;
