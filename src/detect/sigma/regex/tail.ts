/** What a search may leave out at the end of an expression, and what it may know before it begins. */
import { unreachable } from '#lib/unreachable';
import type { Node } from './parse.ts';

/** Whether more would fit after the fewest that will do is nothing that a yes or no depends on. */
export function withoutTail(node: Node): Node {
  if (node.kind === 'choice') return { kind: 'choice', of: node.of.map(withoutTail) };
  if (node.kind === 'repeat') return node.min === 0 ? { kind: 'sequence', of: [] } : { ...node, max: node.min };
  const last = node.kind === 'sequence' ? node.of.at(-1) : undefined;
  return node.kind === 'sequence' && last !== undefined
    ? { kind: 'sequence', of: [...node.of.slice(0, -1), withoutTail(last)] }
    : node;
}

/** The fewest characters that a match takes. */
export function leastLength(node: Node): number {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'assertion':
      return 0;
    case 'repeat':
      return node.min * leastLength(node.of);
    case 'sequence':
      return node.of.reduce((sum, part) => sum + leastLength(part), 0);
    case 'choice':
      return Math.min(...node.of.map(leastLength));
    default:
      return unreachable(node);
  }
}
