import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { WireAlert } from '#contract';
import { type AlertGroup, moment, timesWord } from '#ui/model';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import css from './Alerts.module.css';

type Row =
  | { readonly type: 'group'; readonly title: string; readonly count: number }
  | { readonly type: 'alert'; readonly alert: WireAlert };

interface Props {
  readonly groups: readonly AlertGroup[];
  readonly selected: string | undefined;
  /** The filters in the address: an alert's link keeps them. */
  readonly search: string;
  readonly more: (() => void) | undefined;
}

/** Groups and their alerts. Only the rows near the window are in the page: a list of a thousand costs as much as one of thirty. */
export function AlertList({ groups, selected, search, more }: Props) {
  const now = useNow(60_000);
  const box = useRef<HTMLDivElement>(null);
  const rows = rowsOf(groups);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const top = box.current === null ? 0 : box.current.getBoundingClientRect().top + window.scrollY;
    setOffset((old) => (Math.abs(old - top) < 1 ? old : top));
  });
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => (rows[at]?.type === 'group' ? 42 : 66),
    getItemKey: (at) => keyOf(rows[at]),
    overscan: 12,
    scrollMargin: offset,
  });
  useScrollTo(virtual, rows, selected);
  const suffix = search === '' ? '' : `?${search}`;
  return (
    <div ref={box}>
      <div
        className={css['rows']}
        style={{ height: virtual.getTotalSize() }}
        role="list"
        aria-label="Alerts"
        data-testid="alert-list"
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={css['row']}
              style={{ transform: `translateY(${item.start - offset}px)` }}
              role="listitem"
            >
              {row.type === 'group' ? (
                <h2 className={css['group']}>
                  {row.title} <span className={ui['tab']}>{row.count}</span>
                </h2>
              ) : (
                <AlertRow
                  alert={row.alert}
                  selected={row.alert.id === selected}
                  suffix={suffix}
                  time={moment(row.alert.last_seen, now)}
                />
              )}
            </div>
          );
        })}
      </div>
      {more === undefined ? null : (
        <div className={css['older']}>
          <button className={ui['button']} type="button" onClick={more}>
            Show older alerts
          </button>
        </div>
      )}
    </div>
  );
}

function rowsOf(groups: readonly AlertGroup[]): readonly Row[] {
  return groups.flatMap(({ title, alerts }): readonly Row[] => [
    { type: 'group', title, count: alerts.length },
    ...alerts.map((alert): Row => ({ type: 'alert', alert })),
  ]);
}

const keyOf = (row: Row | undefined): string =>
  row === undefined ? '' : row.type === 'group' ? row.title : row.alert.id;

/** Moving by key brings the row into view; a live change does not move the reader. */
function useScrollTo(
  virtual: { scrollToIndex(at: number, options: { align: 'auto' }): void },
  rows: readonly Row[],
  selected: string | undefined,
): void {
  const latest = useRef({ virtual, rows });
  useEffect(() => {
    latest.current = { virtual, rows };
  });
  useEffect(() => {
    const at = latest.current.rows.findIndex((row) => row.type === 'alert' && row.alert.id === selected);
    if (selected !== undefined && at !== -1) latest.current.virtual.scrollToIndex(at, { align: 'auto' });
  }, [selected]);
}

interface RowProps {
  readonly alert: WireAlert;
  readonly selected: boolean;
  readonly suffix: string;
  readonly time: string;
}

const AlertRow = memo(function AlertRow({ alert, selected, suffix, time }: RowProps) {
  return (
    <div className={`${css['alert']} ${selected ? css['on'] : ''} ${alert.status === 'open' ? '' : css['done']}`}>
      <div>
        <Link href={`/alerts/${alert.id}${suffix}`} aria-current={selected ? 'true' : undefined}>
          <Log text={alert.sentence} />
        </Link>
        <p className={css['meta']}>
          <LevelMark level={alert.level} />
          <span>
            <Log text={alert.title} />
          </span>
          {alert.entity === '' ? null : (
            <span>
              <Log text={alert.entity} />
            </span>
          )}
          {alert.historic ? <span>from before the first start</span> : null}
        </p>
      </div>
      <p className={css['when']}>
        <time dateTime={alert.last_seen}>{time}</time>
        {timesWord(alert.count)}
      </p>
    </div>
  );
});
