import { useEffect, useRef, useState } from 'react';
import type { Problem } from '#contract';
import { mendedQuery, RANGES, thousands } from '#ui/model';
import { api } from '../../api.ts';
import { useLiveBatch } from '../../live/react.ts';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useAddress } from '../../state/address.ts';
import { useKeys } from '../../state/browser.ts';
import { useEvents } from '../../state/events.ts';
import { usePaced, usePageTitle } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import css from './Events.module.css';
import { EventTable } from './EventTable.tsx';
import { Fields } from './Fields.tsx';
import { Histogram } from './Histogram.tsx';
import { NoEvents } from './NoEvents.tsx';
import { QueryBar } from './QueryBar.tsx';
import { ResultTable } from './ResultTable.tsx';
import { TailBar } from './TailBar.tsx';
import { type Looking, useLooking } from './useLooking.ts';
import { usePause } from './usePause.ts';

const BINS = 120;
const CHART_PACE = 4000;

export function Events() {
  const looking = useLooking();
  const { query, range } = looking;
  const pause = usePause();
  const list = useEvents(query, range, pause.paused !== undefined || looking.isTable);
  const chart = useChart(looking, pause.paused === undefined);
  const result = useTable(looking, pause.paused === undefined);
  const [params, change] = useAddress();
  const box = useRef<HTMLInputElement>(null);
  const [fieldsOpen, setFieldsOpen] = useState(false);

  usePageTitle('Events');
  const resume = (): void => {
    list.release();
    pause.resume();
    window.scrollTo(0, 0);
  };
  const toggle = pause.paused === undefined ? pause.pause : resume;
  useKeys({ p: toggle, '/': () => box.current?.focus() });
  useEffect(() => {
    if (!params.has('focus')) return;
    box.current?.focus();
    change({ focus: '' });
  }, [params, change]);
  const { release } = list;
  const { byScroll, resume: goOn } = pause;
  const atTop = pause.atTop;
  useEffect(() => {
    if (!byScroll || !atTop) return;
    release();
    goOn();
  }, [byScroll, atTop, release, goOn]);

  const problem = result.problem ?? list.problem ?? chart.problem;
  const badQuery = problem?.code === 'BAD_QUERY' ? problem : undefined;
  const empty = list.items?.length === 0 && badQuery === undefined;
  return (
    <>
      <header className={`${ui['head']} ${css['head']}`}>
        <div>
          <h1>{headline(looking, chart.data?.total, badQuery !== undefined)}</h1>
        </div>
      </header>
      <QueryBar box={box} looking={looking} problem={badQuery} onFields={() => setFieldsOpen(true)} />
      <div className={`${ui['sheet']} ${css['explore']}`}>
        <Fields
          ready={chart.key === looking.key && (chart.data?.total ?? 0) > 0}
          looking={looking}
          total={chart.data?.total ?? 0}
          open={fieldsOpen}
          onClose={() => setFieldsOpen(false)}
        />
        <div className={css['out']}>
          {problem !== undefined && badQuery === undefined ? <Trouble problem={problem} /> : null}
          {chart.data === undefined || chart.data.total === 0 ? null : (
            <Histogram key={chart.key} data={chart.data} onZoom={looking.zoom} />
          )}
          {badQuery !== undefined ? (
            <NotSearched looking={looking} problem={badQuery} />
          ) : empty ? (
            <NoEvents looking={looking} />
          ) : looking.isTable ? (
            result.data === undefined ? null : (
              <ResultTable table={result.data} looking={looking} />
            )
          ) : (
            <>
              <TailBar
                paused={pause.paused}
                waiting={list.waiting}
                overflown={list.overflown}
                fixedEnd={range.to !== undefined}
                onToggle={toggle}
              />
              <EventTable items={list.items ?? []} looking={looking} onRead={pause.pause} />
              {list.more === undefined ? null : (
                <div className={css['older']}>
                  <button className={ui['button']} type="button" onClick={list.more}>
                    Show older events
                  </button>
                </div>
              )}
            </>
          )}
        </div>
      </div>
    </>
  );
}

/** The table of a pipe; it is counted again while events come in. */
function useTable({ key, q, range, isTable }: Looking, running: boolean) {
  const table = useResource(isTable ? key : undefined, (signal) =>
    api.call('eventTable', { query: { q, ...range }, signal }),
  );
  const renew = usePaced(table.reload, CHART_PACE);
  useLiveBatch((batch) => {
    if (isTable && running && range.to === undefined && (batch.resync || batch.events.length > 0)) renew();
  });
  return isTable ? table : { data: undefined, problem: undefined };
}

function useChart({ key, query: q, range }: Looking, running: boolean) {
  const chart = useResource(key, (signal) =>
    api.call('eventHistogram', { query: { q, ...range, bins: BINS }, signal }),
  );
  const renew = usePaced(chart.reload, CHART_PACE);
  useLiveBatch((batch) => {
    if (running && range.to === undefined && (batch.resync || batch.events.length > 0)) renew();
  });
  return chart;
}

/** The page's sentence: how many, since when, and that they were searched for. */
function headline(looking: Looking, total: number | undefined, bad: boolean): string {
  if (bad) return 'The search is not understood';
  if (total === undefined) return 'Events';
  const phrase = RANGES.find((choice) => choice.key === looking.rangeKey)?.phrase ?? 'in this time';
  const what = total === 0 ? 'No event' : total === 1 ? 'One event' : `${thousands(total)} events`;
  return looking.q === '' ? `${what} ${phrase}` : `${what} found ${phrase}`;
}

/** What is wrong stands at the search box. */
function NotSearched({ looking, problem }: { readonly looking: Looking; readonly problem: Problem }) {
  const meant = mendedQuery(looking.q, problem.detail);
  return (
    <div className={ui['empty']}>
      <p>Nothing was searched for.</p>
      {meant === undefined ? null : (
        <button className={ui['button']} type="button" onClick={() => looking.search(meant)}>
          Search <Log text={meant} />
        </button>
      )}
    </div>
  );
}
