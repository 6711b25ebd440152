import type { z } from 'zod';
import { CodedError } from '#contract';

/** Throws BAD_REQUEST that names the place and says what is expected there. */
export function parse<T extends z.ZodType>(what: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = [what, ...(issue?.path ?? [])].join(' ');
  throw new CodedError('BAD_REQUEST', `${place}: ${issue?.message ?? 'has the wrong form'}`);
}
