import { useMemo } from 'react';
import {
  type Axis,
  axisLabels,
  axisOf,
  axisTicks,
  type Columns,
  extent,
  lineOf,
  type Measure,
  measureName,
  measureValue,
  plural,
  type Span,
  tickLabel,
  valueText,
} from '#ui/model';
import { Canvas } from './Canvas.tsx';
import css from './Charts.module.css';

export interface View {
  readonly host: string;
  readonly columns: Columns;
  readonly cpus: number;
  readonly span: Span;
  /** ms. */
  readonly from: number;
  readonly to: number;
  /** Usual ms between two points. */
  readonly step: number;
  /** Index of the point that is read out. */
  readonly at: number;
  /** Whether the reader pointed at it; otherwise it is the last one, and nothing marks it. */
  readonly pointed: boolean;
  /** What is being chosen, ms. */
  readonly brush: readonly [number, number] | undefined;
}

/** Points are thinned to about this many columns: a chart is at most that wide. */
const COLUMNS = 900;

export function Chart({ measure, view }: { readonly measure: Measure; readonly view: View }) {
  const { columns, span, from, to, cpus, step } = view;
  const column = columns[measure];
  const axis = useMemo(() => axisOf(measure, column, span, cpus), [measure, column, span, cpus]);
  const drawing = useMemo(
    () => ({ line: lineOf(columns.at, column, span, COLUMNS, step), axis, from, to }),
    [columns.at, column, span, step, axis, from, to],
  );
  const value = column[view.at];
  return (
    <figure className={css['chart']} data-measure={measure}>
      <figcaption>
        <b>{measureName(measure)}</b>
        <span>{noteOf(measure, view)}</span>
        <output aria-live="off">{measureValue(measure, value)}</output>
      </figcaption>
      <div className={css['plot']} role="img" aria-label={labelOf(measure, view, axis)} data-plot="">
        <Canvas drawing={drawing} />
        {axisTicks(axis).map((tick) => (
          <span key={tick} className={css['y']} style={{ bottom: percent(tick, axis.low, axis.high) }}>
            {tickLabel(tick)}
          </span>
        ))}
        <Marks view={view} axis={axis} value={value} />
      </div>
      <div className={css['x']} aria-hidden="true">
        {axisLabels(from, to).map(({ at, label }) => (
          <span key={at} style={{ left: within(at, label) }} data-edge={at > 1 - EDGE ? 'end' : undefined}>
            {label}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** Cursor, dot and brush: elements over the canvas, so that moving them draws nothing anew. */
function Marks({
  view,
  axis,
  value,
}: {
  readonly view: View;
  readonly axis: Axis;
  readonly value: number | null | undefined;
}) {
  const left = percent(view.columns.at[view.at] ?? view.from, view.from, view.to);
  const { brush } = view;
  return (
    <>
      {brush === undefined ? null : (
        <i
          className={css['brush']}
          style={{
            left: percent(brush[0], view.from, view.to),
            right: `calc(100% - ${percent(brush[1], view.from, view.to)})`,
          }}
        />
      )}
      {view.pointed ? <i className={css['cursor']} style={{ left }} /> : null}
      {view.pointed && value !== null && value !== undefined ? (
        <i className={css['dot']} style={{ left, bottom: percent(value, axis.low, axis.high) }} />
      ) : null}
    </>
  );
}

const percent = (value: number, low: number, high: number): string => {
  const part = high > low ? (value - low) / (high - low) : 0;
  return `${100 * Math.min(1, Math.max(0, part))}%`;
};

function noteOf(measure: Measure, { host, cpus }: View): string {
  const name = valueText(host);
  if (measure === 'load' && cpus > 0) return `${name}, ${plural(cpus, 'core')}`;
  return measure === 'connections' ? `${name}, established` : name;
}

/** Where the middle of a label is. At an end it stands inside, by as little as it takes: a phone has no room beyond. */
const within = (at: number, label: string): string => {
  const half = `${label.length / 2}ch`;
  return `clamp(${half}, ${at * 100}%, 100% - ${half})`;
};
const EDGE = 0.06;

/** The line in words. */
function labelOf(measure: Measure, { columns, span }: View, axis: Axis): string {
  const column = columns[measure];
  const range = extent(column, span);
  if (range === undefined) return `${measureName(measure)}: not known`;
  const say = (value: number | null | undefined): string => measureValue(measure, value);
  return `${measureName(measure)}: ${say(column[span.first])} at the start, ${say(column[span.last])} at the end, between ${say(range[0])} and ${say(range[1])}; axis from ${axis.low} to ${axis.high}`;
}
