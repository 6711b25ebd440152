import { Link } from 'wouter';
import type { Level, SourceStatus } from '#contract';
import {
  housePhrase,
  LEVELS_DOWN,
  moment,
  plural,
  type Reason,
  reasonOf,
  sourceName,
  standing,
  sum,
  thousands,
} from '#ui/model';
import { api } from '../../api.ts';
import { useLiveBatch } from '../../live/react.ts';
import { Bars } from '../../parts/Bars.tsx';
import { Command } from '../../parts/Command.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import { type Health, useEvery, useHouse, usePaced } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import css from './Home.module.css';

/** How do we stand: what is open, what comes in, what wants mending. */
export function Standing() {
  const { summary, health } = useHouse();
  return (
    <div className={`${ui['sheet']} ${ui['cols']} ${css['standing']}`}>
      <OpenAlerts levels={summary.data?.levels} />
      <Intake health={health.data} />
      <Mend sources={health.data?.sources} />
    </div>
  );
}

function OpenAlerts({ levels }: { readonly levels: Readonly<Record<Level, number>> | undefined }) {
  const total = levels === undefined ? undefined : sum(LEVELS_DOWN.map((level) => ({ count: levels[level] })));
  const worst = LEVELS_DOWN.find((level) => (levels?.[level] ?? 0) > 0);
  return (
    <section aria-labelledby="h-open">
      <div className={ui['secHead']}>
        <h2 id="h-open">Open alerts</h2>
        <p className={ui['tab']}>{total === undefined ? '' : thousands(total)}</p>
      </div>
      <ul className={css['levels']}>
        {LEVELS_DOWN.map((level) => {
          const count = levels?.[level] ?? 0;
          return (
            <li key={level}>
              <Link
                href={`/alerts?level=${level}`}
                className={level === worst ? css['top'] : count === 0 ? css['zero'] : undefined}
              >
                <LevelMark level={level} />
                <span>{levels === undefined ? '' : thousands(count)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const BINS = 96;
const RENEW = 30_000;

function Intake({ health }: { readonly health: Health | undefined }) {
  const now = useNow(60_000);
  const chart = useResource('day', (signal) =>
    api.call('eventHistogram', { query: { from: '-24h', bins: BINS }, signal }),
  );
  const renew = usePaced(chart.reload, RENEW);
  useEvery(RENEW, chart.reload);
  useLiveBatch((batch) => {
    if (batch.resync) renew();
  });
  const day = chart.data;
  return (
    <section aria-labelledby="h-in" className={css['intake']}>
      <div className={ui['secHead']}>
        <h2 id="h-in">Events in 24 hours</h2>
        <p className={ui['tab']}>{day === undefined ? '' : thousands(day.total)}</p>
      </div>
      {day === undefined ? null : (
        <Bars
          counts={day.counts}
          from={Date.parse(day.from)}
          to={Date.parse(day.to)}
          height={92}
          label={`${plural(day.total, 'event')} in the last 24 hours, at most ${thousands(Math.max(0, ...day.counts))} in a quarter of an hour`}
        />
      )}
      {health === undefined ? null : (
        <dl className={css['facts']}>
          <Fact name="Kept in all" value={plural(health.events, 'event')} />
          <Fact name="Sources" value={housePhrase(health.sources)} />
          <Fact name="Watching since" value={moment(health.started, now)} />
        </dl>
      )}
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Mend({ sources }: { readonly sources: readonly SourceStatus[] | undefined }) {
  const broken = sources?.filter((source) => standing(source) === 'mend') ?? [];
  const waiting = sources?.filter((source) => source.state === 'waiting' && standing(source) === 'quiet') ?? [];
  return (
    <section aria-labelledby="h-mend">
      <div className={ui['secHead']}>
        <h2 id="h-mend">What is not heard</h2>
        <p className={ui['tab']}>{broken.length === 0 ? '' : broken.length}</p>
      </div>
      {sources !== undefined && broken.length === 0 ? (
        <p className={css['none']}>Nothing wants mending. Every source that is there is followed.</p>
      ) : null}
      <ol className={css['mend']}>
        {broken.map((source) => (
          <li key={source.id}>
            <p className={ui['firm']}>
              <Log text={sourceName(source)} />
            </p>
            <Why reason={reasonOf(source)} />
          </li>
        ))}
      </ol>
      {waiting.length === 0 ? null : (
        <p className={css['note']}>
          Not there yet, followed as soon as they appear: <Log text={waiting.map(sourceName).join(', ')} />
        </p>
      )}
    </section>
  );
}

function Why({ reason }: { readonly reason: Reason }) {
  return (
    <>
      <p className={css['why']}>
        <Log text={reason.text} />
      </p>
      {reason.command === undefined ? null : <Command command={reason.command} />}
    </>
  );
}
