import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { nearest } from '#ui/model';

/** What is pointed at, what is being chosen, and what was chosen; all in ms, so that it stays true while points come and go. */
export interface Lens {
  readonly cursor: number | undefined;
  readonly brush: readonly [number, number] | undefined;
  readonly zoom: readonly [number, number] | undefined;
  readonly clear: () => void;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: () => void;
    readonly onPointerLeave: () => void;
    readonly onPointerCancel: () => void;
    readonly onDoubleClick: () => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

interface Looking {
  readonly cursor?: number | undefined;
  /** Where a drag or a held Shift began. */
  readonly anchor?: number | undefined;
  readonly zoom?: readonly [number, number] | undefined;
}

/** PageUp and PageDown go this part of what is seen. */
const PAGE = 1 / 10;

/**
 * One cursor and one brush over all charts that show `from` to `to`. A mouse drags a span; a finger slides the cursor, because it
 * has no other way to point. `at`: the times that can be pointed at.
 */
export function useLens(at: readonly number[], window: (zoom: Lens['zoom']) => readonly [number, number]): Lens {
  const [looking, setLooking] = useState<Looking>({});
  const { cursor, anchor, zoom } = looking;
  const [from, to] = window(zoom);
  const brush = span(anchor, cursor);

  const timeAt = (event: PointerEvent): number | undefined => {
    const plot = plotAt(event);
    if (plot === undefined) return undefined;
    const box = plot.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return at[nearest(at, from + part * (to - from))];
  };
  const apply = (): void => setLooking({ cursor, zoom: brush ?? zoom });
  const clear = (): void => setLooking({});

  const step = (by: number, hold: boolean): void => {
    const [first, last] = [nearest(at, from), nearest(at, to)];
    const now = cursor === undefined ? (by < 0 ? last + 1 : first - 1) : nearest(at, cursor);
    const next = at[Math.min(last, Math.max(first, now + by))];
    setLooking({ cursor: next, anchor: hold ? (anchor ?? cursor ?? next) : undefined, zoom });
  };
  const page = Math.max(1, Math.round(PAGE * (nearest(at, to) - nearest(at, from))));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    PageUp: -page,
    PageDown: page,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };

  return {
    cursor,
    brush,
    zoom,
    clear,
    handlers: {
      onPointerDown(event) {
        const time = timeAt(event);
        if (event.button !== 0 || time === undefined) return;
        // The plot, not the group: who holds the pointer is the target of all that follows.
        if (event.pointerType === 'mouse') plotAt(event)?.setPointerCapture(event.pointerId);
        setLooking({ cursor: time, anchor: event.pointerType === 'mouse' ? time : undefined, zoom });
      },
      onPointerMove(event) {
        const time = timeAt(event) ?? cursor;
        if (time !== cursor) setLooking({ cursor: time, anchor, zoom });
      },
      onPointerUp: apply,
      onPointerLeave: () => setLooking({ zoom }),
      onPointerCancel: () => setLooking({ zoom }),
      onDoubleClick: clear,
      onKeyDown(event) {
        const by = steps[event.key];
        if (by !== undefined) step(by, event.shiftKey);
        else if (event.key === 'Enter' && brush !== undefined) apply();
        else if (event.key === 'Escape' && (cursor !== undefined || zoom !== undefined)) clear();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    },
  };
}

function plotAt({ target }: PointerEvent): Element | undefined {
  return (target instanceof Element ? target.closest('figure')?.querySelector('[data-plot]') : null) ?? undefined;
}

function span(anchor: number | undefined, cursor: number | undefined): readonly [number, number] | undefined {
  if (anchor === undefined || cursor === undefined || anchor === cursor) return undefined;
  return [Math.min(anchor, cursor), Math.max(anchor, cursor)];
}
