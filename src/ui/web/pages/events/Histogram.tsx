import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { RouteResponse } from '#contract';
import { plural, thousands, timespan } from '#ui/model';
import { Bars } from '../../parts/Bars.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import css from './Events.module.css';

interface Props {
  readonly data: RouteResponse<'eventHistogram'>;
  readonly onZoom: (from: number, to: number) => void;
}

/** When they came. Drag over it, or use the arrow keys, to look closer; the count at the cursor stands in the title. */
export function Histogram({ data, onZoom }: Props) {
  const now = useNow(60_000);
  const plot = useRef<HTMLDivElement>(null);
  const [span, setSpan] = useState<{ from: number; to: number }>();
  const start = Date.parse(data.from);
  const last = data.counts.length - 1;
  const at = (bin: number): number => start + bin * data.step;
  const [first, final] = span === undefined ? [0, last] : [Math.min(span.from, span.to), Math.max(span.from, span.to)];
  const end = Math.min(at(final + 1), Date.parse(data.to));
  const count = data.counts.slice(first, final + 1).reduce((all, bin) => all + bin, 0);
  const zoom = (): void => onZoom(at(first), at(final + 1));

  const binAt = (event: PointerEvent): number => {
    const box = plot.current?.getBoundingClientRect();
    const part = box === undefined ? 0 : (event.clientX - box.left) / box.width;
    return Math.min(last, Math.max(0, Math.floor(part * data.counts.length)));
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setSpan({ from: binAt(event), to: binAt(event) });
  };
  const move = (event: PointerEvent): void => {
    if (span !== undefined && event.currentTarget.hasPointerCapture(event.pointerId))
      setSpan({ ...span, to: binAt(event) });
  };
  const up = (): void => {
    if (span !== undefined && span.from !== span.to) zoom();
  };
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined) {
      const to = Math.min(last, Math.max(0, (span?.to ?? (by === 1 ? -1 : last + 1)) + by));
      setSpan({ from: event.shiftKey ? (span?.from ?? to) : to, to });
    } else if (event.key === 'Enter' && span !== undefined) zoom();
    else if (event.key === 'Escape' && span !== undefined) setSpan(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className={css['histogram']} aria-labelledby="h-when">
      <div className={ui['secHead']}>
        <h2 id="h-when" className={ui['tab']}>
          {timespan(at(first), end, now)}
        </h2>
        <p className={ui['tab']} role="status">
          {span === undefined ? plural(count, 'event') : `${thousands(count)} of ${plural(data.total, 'event')}`}
        </p>
      </div>
      <div
        ref={plot}
        className={css['plot']}
        tabIndex={0}
        role="group"
        aria-label="Arrow keys move over the histogram, with Shift they choose a span, Enter looks closer"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onKeyDown={key}
      >
        <Bars
          counts={data.counts}
          from={start}
          to={Date.parse(data.to)}
          height={84}
          label={`${plural(data.total, 'event')} over time`}
          lit={span === undefined ? undefined : [first, final]}
        />
      </div>
    </section>
  );
}
