import { housePhrase, keptFor, keptSize, moment, plural, thousands } from '#ui/model';
import { api } from '../../api.ts';
import { useLiveBatch } from '../../live/react.ts';
import { Bars } from '../../parts/Bars.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import { useEvery, useHouse, usePaced } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import css from './Home.module.css';

const BINS = 96;
const RENEW = 30_000;

/** What comes in, over a day. */
export function Intake() {
  const {
    health: { data: health },
  } = useHouse();
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
          {health.kept === undefined ? null : (
            <>
              <Fact name="On the disk" value={keptSize(health.kept)} />
              <Fact name="Kept for" value={keptFor(health.kept)} />
            </>
          )}
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
