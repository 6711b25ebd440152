/** What a query needs of a block's filter: words that every event it finds must hold, cut as `../block/tokens.ts` cuts them. */
import { IS_TOKEN, listAround, listTokens, nameHash } from '../block/tokens.ts';
import type { FieldTest, Query } from './ast.ts';
import { allOf, type Need, needOf, NO_NEED } from './need.ts';
import type { Pattern } from './pattern.ts';

export const neededWords = (query: Query): Need =>
  needOf(query, (leaf) => {
    if (leaf.kind === 'regex') return NO_NEED;
    return allOf(leaf.kind === 'word' ? wordsOf(leaf.pattern) : [nameHash(leaf.name), ...wordsOfTest(leaf.test)]);
  });

const wordsOfTest = (test: FieldTest): number[] => (test.kind === 'text' ? wordsOf(test.pattern) : []);

function wordsOf({ pieces, whole }: Pattern): number[] {
  const hashes = new Set<number>();
  for (const [index, piece] of pieces.entries()) {
    const open = { left: !whole || index > 0, right: !whole || index < pieces.length - 1 };
    const bytes = closed(piece, open.left, open.right);
    listTokens(hashes, bytes, 0, bytes.length);
    listAround(hashes, piece);
  }
  return [...hashes];
}

/** Where anything may stand beside the piece, its token there may be only half of one: an `x`, too short to be listed, takes its place. */
function closed(piece: string, openLeft: boolean, openRight: boolean): Buffer {
  const bytes = Buffer.from(piece);
  let [from, to] = [0, bytes.length];
  if (openLeft) while (from < to && IS_TOKEN[bytes[from] ?? 0] === 1) from++;
  if (openRight) while (to > from && IS_TOKEN[bytes[to - 1] ?? 0] === 1) to--;
  const x = Buffer.from('x');
  return Buffer.concat([...(openLeft ? [x] : []), bytes.subarray(from, to), ...(openRight ? [x] : [])]);
}
