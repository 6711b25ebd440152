import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { WireEvent } from '#contract';
import {
  clockMillis,
  day,
  eventId,
  eventSentence,
  eventTime,
  fieldsOf,
  valuesOf,
  valueText,
  wordsOf,
  zoneName,
} from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import { PHONE, useMedia, useNow } from '../../state/browser.ts';
import css from './EventTable.module.css';
import { PlusMinus } from './Fields.tsx';
import type { Looking } from './useLooking.ts';

interface Props {
  readonly items: readonly WireEvent[];
  readonly looking: Looking;
  /** A row was opened: somebody reads. */
  readonly onRead: () => void;
}

/** Newest first. Only the rows near the window are in the page; each event is a <tbody>, so an open one brings its fields along. */
export function EventTable({ items, looking, onRead }: Props) {
  const now = useNow(60_000);
  const phone = useMedia(PHONE);
  const table = useRef<HTMLTableElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const body = table.current?.tHead ?? undefined;
    const top = body === undefined ? 0 : body.getBoundingClientRect().bottom + window.scrollY;
    setOffset((old) => (Math.abs(old - top) < 1 ? old : top));
  });
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => (phone ? 78 : 34),
    getItemKey: (at) => keyOf(items[at]),
    overscan: 12,
    scrollMargin: offset,
  });
  const toggle = useCallback(
    (id: string) => {
      setOpen((old) => {
        const next = new Set(old);
        if (!next.delete(id)) next.add(id);
        return next;
      });
      onRead();
    },
    [onRead],
  );
  const marks = useMemo(() => wordsOf(looking.q), [looking.q]);
  const shown = virtual.getVirtualItems();
  const above = (shown[0]?.start ?? offset) - offset;
  const below = virtual.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset);
  const today = day(now);
  return (
    <table ref={table} className={css['events']} role="table" data-testid="event-table" aria-label="Events">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader" className={css['time']}>
            Time, {zoneName(now)}
          </th>
          <th scope="col" role="columnheader" className={css['host']}>
            Host
          </th>
          <th scope="col" role="columnheader" className={css['program']}>
            Program
          </th>
          <th scope="col" role="columnheader">
            What happened
          </th>
          <th scope="col" role="columnheader" className={css['address']}>
            Source address
          </th>
        </tr>
      </thead>
      <Space height={above} />
      {shown.map((item) => {
        const event = items[item.index];
        if (event === undefined) return null;
        const id = eventId(event);
        return (
          <tbody key={id} ref={virtual.measureElement} data-index={item.index} role="rowgroup">
            <Row event={event} today={today} open={open.has(id)} marks={marks} onToggle={toggle} />
            {open.has(id) ? <Details event={event} looking={looking} marks={marks} /> : null}
          </tbody>
        );
      })}
      <Space height={below} />
    </table>
  );
}

const keyOf = (event: WireEvent | undefined): string => (event === undefined ? '' : eventId(event));

/** Stands for the rows that are not in the page. */
function Space({ height }: { readonly height: number }) {
  return (
    <tbody aria-hidden="true" className={css['space']} style={{ height: Math.max(0, height) }}>
      {height > 0 ? (
        <tr>
          <td colSpan={5} style={{ height }} />
        </tr>
      ) : null}
    </tbody>
  );
}

interface RowProps {
  readonly event: WireEvent;
  readonly today: string;
  readonly open: boolean;
  readonly marks: readonly string[];
  readonly onToggle: (id: string) => void;
}

const Row = memo(function Row({ event, today, open, marks, onToggle }: RowProps) {
  const id = eventId(event);
  const time = eventTime(event);
  const date = day(time);
  return (
    <tr role="row" className={open ? css['on'] : undefined} onClick={() => onToggle(id)}>
      <td role="cell" className={css['time']}>
        <button type="button" aria-expanded={open} onClick={(click) => (click.stopPropagation(), onToggle(id))}>
          <time dateTime={time}>
            {date === today ? '' : `${date} `}
            {clockMillis(time)}
          </time>
        </button>
      </td>
      <td role="cell" className={css['host']}>
        <bdi>{valueText(event['host.name'])}</bdi>
      </td>
      <td role="cell" className={css['program']}>
        <bdi>{valueText(event['process.name'])}</bdi>
      </td>
      <td role="cell" className={css['what']}>
        <Log text={eventSentence(event)} marks={marks} />
      </td>
      <td role="cell" className={css['address']}>
        <bdi>{valueText(event['source.ip'])}</bdi>
      </td>
    </tr>
  );
});

/** When and where an event lies: no other event shares it, so there is nothing to ask for. */
const PLACES = new Set(['@timestamp', 'event.ingested', 'event.id']);

/** Every field of an event; each value can be asked for or left out. */
function Details({
  event,
  looking,
  marks,
}: {
  readonly event: WireEvent;
  readonly looking: Looking;
  readonly marks: readonly string[];
}) {
  return (
    <tr role="row" className={css['details']}>
      <td role="cell" colSpan={5}>
        <dl>
          {fieldsOf(event).map((field) => (
            <div key={field}>
              <dt>
                <bdi>{valueText(field)}</bdi>
              </dt>
              {valuesOf(event[field]).map((value, at) => (
                <dd key={at}>
                  <Log text={value} marks={marks} />
                  {PLACES.has(field) ? null : <PlusMinus looking={looking} field={field} value={value} />}
                </dd>
              ))}
            </div>
          ))}
        </dl>
      </td>
    </tr>
  );
}
