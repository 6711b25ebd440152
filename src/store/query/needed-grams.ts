/** What a query needs of a block's grams (`../block/grams.ts`): three letters that follow each other in every event it finds. */
import { gramsIn } from '../block/grams.ts';
import type { FieldTest, Query } from './ast.ts';
import { literalsOf } from './literals.ts';
import { allOf, type Need, needOf, NO_NEED } from './need.ts';

export const neededGrams = (query: Query): Need =>
  needOf(query, (leaf) => {
    if (leaf.kind === 'word') return all(leaf.pattern.pieces);
    return leaf.kind === 'regex' ? ofExpression(leaf.source) : ofTest(leaf.test);
  });

function ofTest(test: FieldTest): Need {
  if (test.kind === 'text') return all(test.pattern.pieces);
  return test.kind === 'regex' ? ofExpression(test.source) : NO_NEED;
}

function ofExpression(source: string): Need {
  const rows = literalsOf(source)?.map(all);
  return rows === undefined ? NO_NEED : (has) => rows.some((row) => row(has));
}

const all = (texts: readonly string[]): Need => allOf(texts.flatMap(gramsIn));
