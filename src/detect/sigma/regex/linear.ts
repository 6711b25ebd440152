/**
 * Is a backtracking engine sure to search a text in time that grows with the text and not faster? Said only where it can be
 * proven; "no" means "not shown".
 *
 * A search tries every place of the text as a start. What one start costs is bounded where each choice is decided by the next
 * character (a loop's first characters and those that may follow it have none in common, branches begin differently), since
 * then there is only one way to go on. Undecided choices of bounded length multiply the ways.
 *
 * Loops without end are only allowed decided, and only where no match can begin with a character they take (or the
 * expression is anchored): then a start inside of what a loop took fails at once, so each character is visited by a bounded
 * number of starts. The bounds together are the work a character may cost.
 */
import { unreachable } from '#lib/unreachable';
import { complement, type CharSet, overlap, union } from './charset.ts';
import type { Node } from './parse.ts';

/** Steps that one character may cost: 16 kB stay well under 20 ms. */
const MAX_WORK = 256;

interface Cost {
  /** Ways that may be tried from one start. */
  readonly ways: number;
  /** The most characters outside of endless loops. */
  readonly length: number;
  /** Characters that endless loops take. */
  readonly loops: CharSet;
}

const NOTHING: CharSet = [];

function nullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
      return node.of.every(nullable);
    case 'choice':
      return node.of.some(nullable);
    case 'repeat':
      return node.min === 0 || nullable(node.of);
    case 'assertion':
      return true;
    default:
      return unreachable(node);
  }
}

/** Characters that a match of it can begin with. */
function first(node: Node): CharSet {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'choice':
      return union(node.of.map(first));
    case 'repeat':
      return first(node.of);
    case 'assertion':
      return NOTHING;
    case 'sequence': {
      const sets: CharSet[] = [];
      for (const part of node.of) {
        sets.push(first(part));
        if (!nullable(part)) break;
      }
      return union(sets);
    }
    default:
      return unreachable(node);
  }
}

const taken = (node: Node): CharSet => {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'repeat':
      return taken(node.of);
    case 'assertion':
      return NOTHING;
    case 'sequence':
    case 'choice':
      return union(node.of.map(taken));
    default:
      return unreachable(node);
  }
};

/** `next`: what may follow. */
function cost(node: Node, next: CharSet): Cost {
  switch (node.kind) {
    case 'set':
      return { ways: 1, length: 1, loops: NOTHING };
    case 'assertion':
      return { ways: 1, length: 0, loops: NOTHING };
    case 'sequence':
      return sequenceCost(node.of, next);
    case 'choice':
      return choiceCost(node.of, next);
    case 'repeat':
      return repeatCost(node, next);
    default:
      return unreachable(node);
  }
}

function sequenceCost(parts: readonly Node[], next: CharSet): Cost {
  let total: Cost = { ways: 1, length: 0, loops: NOTHING };
  let following = next;
  for (const part of parts.toReversed()) {
    const { ways, length, loops } = cost(part, following);
    total = { ways: total.ways * ways, length: total.length + length, loops: union([total.loops, loops]) };
    following = nullable(part) ? union([first(part), following]) : first(part);
  }
  return total;
}

function choiceCost(parts: readonly Node[], next: CharSet): Cost {
  const costs = parts.map((part) => cost(part, next));
  const begins = parts.map((part) => (nullable(part) ? union([first(part), next]) : first(part)));
  const decided = begins.every((set, i) => begins.every((other, j) => j <= i || !overlap(set, other)));
  return {
    ways: decided ? Math.max(...costs.map(({ ways }) => ways)) : costs.reduce((sum, { ways }) => sum + ways, 0),
    length: Math.max(...costs.map(({ length }) => length)),
    loops: union(costs.map(({ loops }) => loops)),
  };
}

function repeatCost(node: Extract<Node, { kind: 'repeat' }>, next: CharSet): Cost {
  const { of, min, max } = node;
  const begins = first(of);
  const body = cost(of, union([begins, next]));
  const decided = !overlap(begins, next) && !nullable(of);
  if (max === Infinity) {
    const fine = decided && body.ways === 1;
    return { ways: fine ? 1 : Infinity, length: body.length * (min + 1), loops: taken(of) };
  }
  const choices = decided || min === max ? 1 : max - min + 1;
  return { ways: choices * body.ways ** max, length: body.length * max, loops: body.loops };
}

const isAnchored = (node: Node): boolean => {
  if (node.kind === 'choice') return node.of.every(isAnchored);
  if (node.kind === 'sequence') return node.of[0] !== undefined && isAnchored(node.of[0]);
  return node.kind === 'assertion' && node.sign === '^';
};

export function isLinear(node: Node): boolean {
  // Nothing needs to follow: a search that got to the end has found.
  const { ways, length, loops } = cost(node, NOTHING);
  if (ways * Math.max(1, length) > MAX_WORK) return false;
  const begins = nullable(node) ? complement(NOTHING) : first(node);
  return isAnchored(node) || loops.length === 0 || !overlap(loops, begins);
}
