/**
 * One line on a canvas, by uPlot; loaded apart from the shell. It draws grid, wash and line and nothing else: labels are text of
 * the page, cursor and brush lie over all four charts and belong to `Charts`.
 *
 * Colours are the tokens. A canvas knows neither `var()` nor `light-dark()`, so the element under it carries them as `color`, `fill`
 * and `stroke`, and they are read back resolved.
 */
import UPlot from 'uplot';
import type { Axis, Line } from '#ui/model';
import { axisTicks } from '#ui/model';

export interface Drawing {
  readonly line: Line;
  readonly axis: Axis;
  /** ms. */
  readonly from: number;
  readonly to: number;
}

export interface Plot {
  draw(drawing: Drawing): void;
  /** In CSS pixels. */
  resize(width: number, height: number): void;
  recolour(): void;
  destroy(): void;
}

/** Above and below the plot, in CSS pixels (`.canvas` reaches as far), so that the outer grid lines are as wide as the middle one. */
const MARGIN = 4;
const WIDTH = 1.5;
/** A point that stands alone between two gaps is no line: it is drawn as wide as one is. */
const LONE = 3;

interface Inks {
  readonly line: string;
  readonly wash: string;
  readonly grid: string;
}

function inksOf(element: Element): Inks {
  const { color, fill, stroke } = getComputedStyle(element);
  return { line: color, wash: fill, grid: stroke };
}

function lonePoints({ data }: UPlot): number[] {
  const ys = data[1] ?? [];
  const known = (n: number): boolean => ys[n] !== null && ys[n] !== undefined;
  return Array.from(ys.keys()).filter((n) => known(n) && !known(n - 1) && !known(n + 1));
}

export function createPlot(target: HTMLElement, first: Drawing): Plot {
  let drawing = first;
  let inks = inksOf(target);
  const dataOf = ({ line }: Drawing): UPlot.AlignedData => [[...line.xs], [...line.ys]];
  const plot = new UPlot(
    {
      width: target.clientWidth,
      height: target.clientHeight,
      padding: [MARGIN, 0, MARGIN, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [drawing.from, drawing.to] },
        y: { range: () => [drawing.axis.low, drawing.axis.high] },
      },
      axes: [
        { show: false },
        {
          size: 0,
          gap: 0,
          ticks: { show: false },
          splits: () => [...axisTicks(drawing.axis)],
          values: (_plot, splits) => splits.map(() => ''),
          grid: { stroke: () => inks.grid, width: 1 },
        },
      ],
      series: [
        {},
        {
          stroke: () => inks.line,
          width: WIDTH,
          fill: () => (drawing.axis.low === 0 ? inks.wash : 'transparent'),
          pxAlign: 0,
          points: { show: true, size: LONE, width: 0, fill: () => inks.line, filter: lonePoints },
        },
      ],
    },
    dataOf(first),
    target,
  );
  return {
    draw(next) {
      drawing = next;
      plot.setData(dataOf(next));
    },
    resize: (width, height) => plot.setSize({ width, height }),
    recolour() {
      inks = inksOf(target);
      plot.redraw(false);
    },
    destroy: () => plot.destroy(),
  };
}
