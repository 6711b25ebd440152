/** How a screen is divided, by its size alone. */

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** Blank lines between the parts, bars beside the levels, a caption under the score. */
  readonly roomy: boolean;
  /** The score in digits of four lines, or as a plain number. */
  readonly big: boolean;
  /** Empty cells at either side. */
  readonly margin: number;
  /** Between the two columns of panes. */
  readonly gap: number;
  /** Lines of the score block. */
  readonly scoreLines: number;
}

const BIG = { columns: 80, rows: 24 } as const;
const ROOMY = { columns: 100, rows: 32 } as const;
/** Below this not six panes but the focused one is shown. */
const SIX = { columns: 56, rows: 16 } as const;

export function layoutOf(columns: number, rows: number): Layout {
  const roomy = columns >= ROOMY.columns && rows >= ROOMY.rows;
  const big = columns >= BIG.columns && rows >= BIG.rows;
  return {
    columns,
    rows,
    roomy,
    big,
    margin: roomy ? 2 : 1,
    gap: roomy ? 4 : 2,
    scoreLines: roomy ? 6 : big ? 4 : rows >= 20 ? 3 : 1,
  };
}

export const hasSixPanes = ({ columns, rows }: Layout): boolean => columns >= SIX.columns && rows >= SIX.rows;

/** Cells between the margins. */
export const inner = ({ columns, margin }: Layout): number => Math.max(1, columns - 2 * margin);

/** Lines of the three rows of panes, titles not counted, that fill `lines`; the alerts' row gets most. */
export function paneHeights(lines: number): readonly [number, number, number] {
  const upper = Math.max(1, Math.floor(lines * 0.28));
  return [upper, upper, Math.max(1, lines - 2 * upper)];
}
