/** Texts without which an expression cannot match. */
import { unreachable } from '#lib/unreachable';
import { fold } from '../fold.ts';
import type { CharSet } from './charset.ts';
import type { Node } from './parse.ts';

/** One of these texts, folded, is in every text that the expression matches. Several such lists: each of them holds. */
export type Needs = readonly (readonly string[])[];

const MAX_VARIANTS = 8;

/** The letters of a small set, apart from case; undefined for a large one. */
function lettersOf(set: CharSet): readonly string[] | undefined {
  if (set.length > 6 || set.some(([from, to]) => to - from > 2)) return undefined;
  const letters = new Set<string>();
  for (const [from, to] of set) for (let code = from; code <= to; code++) letters.add(fold(String.fromCodePoint(code)));
  return letters.size <= 3 ? Array.from(letters) : undefined;
}

const longest = (found: Needs): readonly string[] | undefined =>
  found.toSorted((one, other) => shortest(other) - shortest(one))[0];
const shortest = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length));

export function needs(node: Node): Needs {
  switch (node.kind) {
    case 'set': {
      const letters = lettersOf(node.set);
      return letters === undefined ? [] : [letters];
    }
    case 'assertion':
      return [];
    case 'repeat':
      return node.min > 0 ? needs(node.of) : [];
    case 'choice': {
      if (node.of.length === 1) return node.of.flatMap(needs);
      const each = node.of.map((part) => longest(needs(part)));
      const all = each.filter((texts) => texts !== undefined);
      return all.length === each.length ? [all.flat()] : [];
    }
    case 'sequence':
      return sequenceNeeds(node.of);
    default:
      return unreachable(node);
  }
}

/** Letters side by side are one text; where one of a few may stand, as many texts. */
function sequenceNeeds(parts: readonly Node[]): Needs {
  const found: (readonly string[])[] = [];
  let run: readonly string[] = [];
  const end = (): void => {
    if (run.length > 0) found.push(run);
    run = [];
  };
  for (const part of parts.flatMap(unwrapped)) {
    const letters = part.kind === 'set' ? lettersOf(part.set) : undefined;
    const before = run.length === 0 ? [''] : run;
    if (letters !== undefined && (letters.length === 1 || before.length * letters.length <= MAX_VARIANTS))
      run = before.flatMap((text) => letters.map((letter) => text + letter));
    else if (part.kind !== 'assertion') {
      end();
      found.push(...needs(part));
    }
  }
  end();
  return found.filter((texts) => texts.length <= MAX_VARIANTS);
}

function unwrapped(node: Node): readonly Node[] {
  const [only] = node.kind === 'choice' ? node.of : [];
  if (node.kind === 'choice' && node.of.length === 1 && only?.kind === 'sequence') return only.of.flatMap(unwrapped);
  if (node.kind === 'repeat' && node.min === node.max && node.max <= 16)
    return Array.from({ length: node.max }, () => unwrapped(node.of)).flat();
  return [node];
}
