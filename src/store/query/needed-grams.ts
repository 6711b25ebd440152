/** What a query needs of a block's grams (`../block/grams.ts`): three letters that follow each other in every event it finds. */
import { unreachable } from '#lib/unreachable';
import { gramsIn } from '../block/grams.ts';
import type { FieldTest, Query } from './ast.ts';
import { literalsOf } from './literals.ts';

type Need = (has: (gram: number) => boolean) => boolean;

const NOTHING: Need = () => true;

export function neededGrams(query: Query): Need {
  switch (query.kind) {
    case 'all':
    case 'not':
      return NOTHING;
    case 'and': {
      const parts = query.parts.map(neededGrams);
      return (has) => parts.every((part) => part(has));
    }
    case 'or': {
      const parts = query.parts.map(neededGrams);
      return (has) => parts.some((part) => part(has));
    }
    case 'word':
      return all(query.pattern.pieces);
    case 'regex':
      return ofExpression(query.source);
    case 'field':
      return ofTest(query.test);
    default:
      return unreachable(query);
  }
}

function ofTest(test: FieldTest): Need {
  if (test.kind === 'text') return all(test.pattern.pieces);
  return test.kind === 'regex' ? ofExpression(test.source) : NOTHING;
}

function ofExpression(source: string): Need {
  const rows = literalsOf(source)?.map(all);
  return rows === undefined ? NOTHING : (has) => rows.some((row) => row(has));
}

function all(texts: readonly string[]): Need {
  const grams = texts.flatMap(gramsIn);
  return (has) => grams.every(has);
}
