/** Values of the envelope as senders write them. */
import { fieldOf } from '../fields.ts';

export type Tree = Readonly<Record<string, unknown>>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands under a name, where it is a tree itself. */
export function treeAt(record: Tree, name: string): Tree | undefined {
  const value = fieldOf(record, name);
  return isTree(value) ? value : undefined;
}

/** undefined for what is empty or no single value. */
export function word(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The first name that holds a word. */
export function wordAt(record: Tree, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = word(fieldOf(record, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

const LEVELS: Readonly<Record<string, number>> = {
  logalways: 0,
  critical: 1,
  error: 2,
  warning: 3,
  information: 4,
  info: 4,
  informational: 4,
  verbose: 5,
};
const LEVEL_NAMES = ['information', 'critical', 'error', 'warning', 'information', 'verbose'] as const;

export function levelOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1000) return Math.abs(value);
  const text = word(value);
  if (text === undefined) return undefined;
  return /^\d{1,3}$/.test(text) ? Number(text) : LEVELS[text.toLowerCase()];
}

/** Elastic's words. */
export const levelName = (level: number | undefined): string | undefined =>
  level === undefined ? undefined : LEVEL_NAMES[level];

const AUDIT_FAILURE = 0x10_0000_0000_0000n;
const AUDIT_SUCCESS = 0x20_0000_0000_0000n;
const CLASSIC = 0x80_0000_0000_0000n;

const NONE: readonly string[] = [];
/** A machine writes few kinds; what comes from outside is bounded. */
const MAX_KEYWORDS = 256;
const known = new Map<string, readonly string[]>();

/**
 * `0x8020000000000000`, the same as a signed decimal (NXLog), or words already. Only bits that mean the same for every provider get words:
 * Windows' own rendering has more for some of them.
 */
export function keywordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value))
    return value.filter((one): one is string => typeof one === 'string' && !one.startsWith('0x'));
  // As a JSON number the low bits are gone, and those that have words are not among them.
  const text = typeof value === 'number' && Number.isInteger(value) ? String(BigInt(value)) : word(value);
  if (text === undefined) return NONE;
  const before = known.get(text);
  if (before !== undefined) return before;
  const found = spelled(text);
  if (known.size >= MAX_KEYWORDS) known.clear();
  known.set(text, found);
  return found;
}

function spelled(text: string): readonly string[] {
  if (!/^(?:0x[\da-f]{1,16}|-?\d{1,20})$/i.test(text)) return text.length > 200 ? NONE : [text];
  const bits = BigInt.asUintN(64, BigInt(text));
  const words: string[] = [];
  if ((bits & AUDIT_FAILURE) !== 0n) words.push('Audit Failure');
  if ((bits & AUDIT_SUCCESS) !== 0n) words.push('Audit Success');
  if ((bits & CLASSIC) !== 0n) words.push('Classic');
  return words;
}
