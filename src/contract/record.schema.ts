import { z } from 'zod';
import { LIMITS } from './record.ts';

/** Depth, fields and characters of a JSON value, by recursion: slower than checkRecord and written apart from it. */
function measure(value: unknown): { depth: number; fields: number; length: number } {
  if (typeof value === 'string') return { depth: 0, fields: 0, length: value.length };
  if (typeof value !== 'object' || value === null) return { depth: 0, fields: 0, length: 0 };
  const total = { depth: 0, fields: 0, length: 0 };
  for (const [key, child] of Object.entries(value)) {
    const inner = measure(child);
    total.depth = Math.max(total.depth, inner.depth);
    total.fields += inner.fields + 1;
    total.length += inner.length + (Array.isArray(value) ? 0 : key.length);
  }
  return { ...total, depth: total.depth + 1 };
}

/** The same law for the API's description; a property test holds the two together. */
export const recordSchema = z
  .record(z.string(), z.unknown())
  .refine(
    (record) => {
      const { depth, fields, length } = measure(record);
      return depth <= LIMITS.depth && fields <= LIMITS.fields && length <= LIMITS.bytes;
    },
    { message: `at most ${LIMITS.depth} levels, ${LIMITS.fields} fields and ${LIMITS.bytes} characters` },
  )
  .describe('Any JSON object: host, message, timestamp and ECS names are understood, unknown keys are kept.');
