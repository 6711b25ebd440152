/** How long what is kept lasts, in words. */
import { dataSize, plural } from './text.ts';

export interface KeptFacts {
  readonly days: number;
  readonly bytes: number;
  readonly per_day?: number | undefined;
  /** Days. */
  readonly lasts?: number | undefined;
  readonly ends_by?: 'age' | 'size' | 'free space' | undefined;
}

/** `340 MB, 28 MB a day`. */
export const keptSize = ({ bytes, per_day: perDay }: KeptFacts): string =>
  perDay === undefined ? dataSize(bytes) : `${dataSize(bytes)}, ${dataSize(perDay)} a day`;

/** `90 days`, and what ends it before the age that was asked for. */
export function keptFor({ lasts, ends_by: by }: KeptFacts): string {
  if (lasts === undefined) return 'for ever';
  const days = plural(lasts, 'day');
  if (by === 'size') return `${days}, by the limit of size`;
  return by === 'free space' ? `${days}, then the disk is full` : days;
}
