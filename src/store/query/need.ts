/** What must be so of a block that can hold an event which a query finds. It may be so of others too. */
import { unreachable } from '#lib/unreachable';
import type { Query } from './ast.ts';

/** Whether a block may hold an event. `has` tells what is in it. */
export type Need = (has: (number: number) => boolean) => boolean;

export const NO_NEED: Need = () => true;

export const allOf =
  (numbers: readonly number[]): Need =>
  (has) =>
    numbers.every(has);

type Leaf = Extract<Query, { readonly kind: 'word' | 'regex' | 'field' }>;

/** `leaf`: of one word, expression or field. What is excluded needs nothing: a block that has it may hold other events. */
export function needOf(query: Query, leaf: (query: Leaf) => Need): Need {
  switch (query.kind) {
    case 'all':
    case 'not':
      return NO_NEED;
    case 'and': {
      const parts = query.parts.map((part) => needOf(part, leaf));
      return (has) => parts.every((part) => part(has));
    }
    case 'or': {
      const parts = query.parts.map((part) => needOf(part, leaf));
      return (has) => parts.some((part) => part(has));
    }
    case 'word':
    case 'regex':
    case 'field':
      return leaf(query);
    default:
      return unreachable(query);
  }
}
