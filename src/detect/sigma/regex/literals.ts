/** Texts without which an expression cannot match. */
import { fold } from '../fold.ts';
import type { CharSet } from './charset.ts';
import type { Node } from './parse.ts';

/** One of these texts, folded, is in every text that the expression matches. Several such lists: each of them holds. */
export type Needs = readonly (readonly string[])[];

const MAX_VARIANTS = 8;

/** The one letter that all characters of a set are, apart from case. */
function letterOf(set: CharSet): string | undefined {
  if (set.length > 4 || set.some(([from, to]) => to - from > 1)) return undefined;
  const letters = new Set(
    set.flatMap(([from, to]) => [fold(String.fromCodePoint(from)), fold(String.fromCodePoint(to))]),
  );
  const [letter] = letters;
  return letters.size === 1 ? letter : undefined;
}

const longest = (needs: Needs): readonly string[] | undefined =>
  needs.toSorted((one, other) => shortest(other) - shortest(one))[0];
const shortest = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length));

export function needs(node: Node): Needs {
  switch (node.kind) {
    case 'set': {
      const letter = letterOf(node.set);
      return letter === undefined ? [] : [[letter]];
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
  }
}

/** Letters side by side are one text; a group of one is as if it stood without. */
function sequenceNeeds(parts: readonly Node[]): Needs {
  const found: (readonly string[])[] = [];
  let run = '';
  const end = (): void => {
    if (run !== '') found.push([run]);
    run = '';
  };
  for (const part of parts.flatMap(unwrapped)) {
    const letter = part.kind === 'set' ? letterOf(part.set) : undefined;
    if (letter !== undefined) run += letter;
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
