/**
 * A nested JSON object → one level, names joined with dots. Iterative and bounded: what lies deeper than `LIMITS.depth` is kept
 * as JSON text, and a record of more than `LIMITS.fields` names keeps the first ones; both are counted.
 *
 * A name from a log is only a name: `__proto__`, `constructor` and `prototype` become fields like any other (the record
 * inherits nothing that they could change), and are counted, because no honest sender uses them.
 */
import { type Fields, type FieldValue, LIMITS, newFields, type Scalar } from '#contract';

const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

type Count = (reason: string) => void;

interface Node {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

export function flatten(object: Readonly<Record<string, unknown>>, count: Count): Fields {
  const flat = newFields();
  const stack: Node[] = [];
  push(stack, '', object, 0, count);
  let fields = 0;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (++fields > LIMITS.fields) {
      count('too_many_fields');
      break;
    }
    const { name, value, depth } = node;
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (nested && depth < LIMITS.depth && push(stack, `${name}.`, value as Record<string, unknown>, depth, count))
      continue;
    if (nested && depth >= LIMITS.depth) count('too_deep');
    if (name in flat) count('field_twice');
    else flat[name] = leaf(value);
  }
  return flat;
}

interface Name {
  readonly name: string;
  readonly reserved: boolean;
}

/** `__proto__`, and `a.__proto__`. */
export const isReserved = (key: string): boolean =>
  RESERVED.has(key) || (key.includes('.') && key.split('.').some((part) => RESERVED.has(part)));

/** Records of one program have the same names again and again: so many are kept as they were put together, then all are forgotten. */
const MAX_NAMES = 8192;
const prefixes = new Map<string, Map<string, Name>>();
let kept = 0;

function nameOf(prefix: string, key: string): Name {
  const known = prefixes.get(prefix)?.get(key);
  if (known !== undefined) return known;
  if (kept >= MAX_NAMES) {
    prefixes.clear();
    kept = 0;
  }
  const made = { name: prefix + key, reserved: isReserved(key) };
  const names = prefixes.get(prefix) ?? new Map<string, Name>();
  // A long name is one sender's own: not worth the memory.
  if (key.length > 64 || prefix.length > 256) return made;
  prefixes.set(prefix, names.set(key, made));
  kept++;
  return made;
}

/** The children go on the stack last first, so that they come off in the sender's order. False for an empty object. */
function push(
  stack: Node[],
  prefix: string,
  object: Readonly<Record<string, unknown>>,
  depth: number,
  count: Count,
): boolean {
  const keys = Object.keys(object).slice(0, LIMITS.fields + 1);
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] ?? '';
    const { name, reserved } = nameOf(prefix, key);
    if (reserved) count('reserved_field_name');
    stack.push({ name, value: object[key], depth: depth + 1 });
  }
  return keys.length > 0;
}

function scalarOf(value: unknown): Scalar | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : undefined;
    default:
      return String(value);
  }
}

function leaf(value: unknown): FieldValue {
  const scalar = scalarOf(value);
  if (scalar !== undefined) return scalar;
  if (!Array.isArray(value)) return jsonText(value);
  const scalars: Scalar[] = [];
  for (const item of value) {
    const one = scalarOf(item);
    if (one === undefined) return jsonText(value);
    scalars.push(one);
  }
  return scalars;
}

/** JSON.stringify recurses and refuses cycles and BigInt: such a value is named rather than shown. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '[not shown: nested too deeply]';
  }
}
