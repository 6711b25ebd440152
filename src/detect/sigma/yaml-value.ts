/**
 * Reading of parsed YAML. A rule is somebody else's file: it is measured before anything walks it, because a few aliases
 * can stand for a billion nodes, and a node can even contain itself.
 */
import { Refusal, shown } from './refusal.ts';

/** The largest published rules have about 1,500 values; depth counts mappings and lists. */
const RULE_LIMITS = { depth: 12, nodes: 20_000, characters: 1024 * 1024 } as const;

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Throws a Refusal when the document is deeper or larger than any honest rule. Every visit of an alias counts. */
export function checkSize(document: unknown): void {
  let level: unknown[] = [document];
  let nodes = 0;
  let characters = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > RULE_LIMITS.depth) throw new Refusal(`deeper than ${RULE_LIMITS.depth} levels`);
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node === 'string') characters += node.length;
      if (typeof node !== 'object' || node === null) continue;
      for (const key of Object.keys(node)) {
        nodes++;
        if (!Array.isArray(node)) characters += key.length;
        next.push((node as Mapping)[key]);
        if (nodes > RULE_LIMITS.nodes) throw new Refusal(`more than ${RULE_LIMITS.nodes} values`);
      }
    }
    if (characters > RULE_LIMITS.characters) throw new Refusal(`more than ${RULE_LIMITS.characters} characters`);
    level = next;
  }
}

export function mapping(value: unknown, where: string): Mapping {
  if (!isMapping(value)) throw new Refusal(`${where} is not a mapping`);
  return value;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Refusal(`${where} is not text: ${shown(value)}`);
  return value;
}

/** One text or a list of texts. */
export function texts(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => text(item, where));
}

export function onlyKeys(value: Mapping, known: readonly string[], where: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new Refusal(`unknown key ${shown(key)} in ${where}; known: ${known.join(', ')}`);
  }
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90`, `60s`, `5m`, `24h`, `7d` in seconds. */
export function seconds(value: unknown, where: string): number {
  const match = /^(\d{1,9})([smhdw]?)$/.exec(String(value));
  const number = Number(match?.[1]) * (SECONDS[match?.[2] ?? ''] ?? 1);
  if (match === null || number <= 0)
    throw new Refusal(`${where} is not a time such as 60s, 5m or 24h: ${shown(value)}`);
  return number;
}
