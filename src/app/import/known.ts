/**
 * What was imported before. Each content is a stream: its key is the content's hash, its mark how many bytes of it were taken, so
 * that the same file is never taken twice, whatever it is called by now and whether it is packed or not.
 *
 * A file that has grown since has another hash. It is known again by its beginning, and goes on where the shorter one ended.
 */
import type { Mark, StreamTag } from '#contract';
import type { Fingerprint } from './content.ts';

const IMPORTED = 'import:';

interface Detail {
  readonly file: string;
  /** Bytes of the whole content. */
  readonly size: number;
  /** When it was first imported, ms. */
  readonly at: number;
}

export interface Stream {
  readonly tag: StreamTag;
  /** Bytes that need not be taken again. */
  readonly done: number;
  /** When these were taken, ms; 0 when there are none. */
  readonly since: number;
}

/** Lengths whose hashes tell whether the file begins with something that was imported before. */
export const lengthsOf = (marks: readonly Mark[]): readonly number[] => [
  ...new Set(marks.flatMap((mark) => detailOf(mark)?.size ?? [])),
];

/** `whose`: set where the same content may be taken once for each of several hosts. */
export function streamOf(
  { size, hash, starts }: Fingerprint,
  whose: string,
  marks: readonly Mark[],
  fresh: { readonly file: string; readonly now: number },
): Stream {
  const keyOf = (content: string): string => `${IMPORTED}${content}${whose === '' ? '' : `@${whose}`}`;
  const before = marks.flatMap((mark) => {
    const detail = detailOf(mark);
    const start = detail === undefined ? undefined : detail.size === size ? hash : starts.get(detail.size);
    return detail !== undefined && start !== undefined && mark.key === keyOf(start) ? [{ mark, detail }] : [];
  });
  const furthest = before.toSorted((a, b) => b.mark.mark - a.mark.mark)[0];
  const own = before.find(({ mark }) => mark.key === keyOf(hash));
  const detail: Detail = own?.detail ?? { file: fresh.file, size, at: fresh.now };
  return {
    tag: { key: keyOf(hash), detail: JSON.stringify(detail) },
    done: furthest?.mark.mark ?? 0,
    since: furthest?.detail.at ?? 0,
  };
}

function detailOf({ key, detail: text }: Mark): Detail | undefined {
  if (!key.startsWith(IMPORTED)) return undefined;
  try {
    const { file, size, at } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof file === 'string' && typeof size === 'number' && typeof at === 'number') return { file, size, at };
  } catch {
    // Another version's.
  }
  return undefined;
}
