import { Pause, Play } from 'lucide-react';
import { memo, useState } from 'react';
import { Link } from 'wouter';
import { FEED_QUERY, type WireEvent } from '#contract';
import { clock, eventId, eventSentence, eventTime, mergeEvents, plural, thousands, valueText } from '#ui/model';
import { api } from '../../api.ts';
import { useLiveBatch } from '../../live/react.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useKeys } from '../../state/browser.ts';
import { useHouse } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import css from './Home.module.css';

const SHOWN = 16;
const KEPT = 60;

interface Frozen {
  readonly at: number;
  readonly items: readonly WireEvent[];
}

/** The newest events as they come. Paused, the list stands still and the newer ones are counted. */
export function Now() {
  const { health } = useHouse();
  const feed = useResource(
    'now',
    async (signal) =>
      (await api.call('listEvents', { query: { q: FEED_QUERY, limit: 30 }, signal })).items as readonly WireEvent[],
  );
  const [frozen, setFrozen] = useState<Frozen>();
  const [waiting, setWaiting] = useState(0);

  useLiveBatch((batch) => {
    if (batch.resync) feed.reload();
    const arrived = batch.events.flatMap((message) => message.events);
    if (arrived.length > 0) feed.set((old) => mergeEvents(old, arrived, KEPT));
    if (frozen !== undefined)
      setWaiting((count) => batch.events.reduce((all, { events, omitted }) => all + events.length + omitted, count));
  });
  const toggle = (): void => {
    setFrozen(frozen === undefined ? { at: Date.now(), items: feed.data ?? [] } : undefined);
    setWaiting(0);
  };
  useKeys({ p: toggle });

  const items = (frozen?.items ?? feed.data ?? []).slice(0, SHOWN);
  return (
    <section aria-labelledby="h-feed">
      <div className={ui['secHead']}>
        <h2 id="h-feed">Happening now</h2>
        <button
          className={`${ui['button']} ${ui['bare']}`}
          type="button"
          aria-pressed={frozen !== undefined}
          onClick={toggle}
        >
          <Icon of={frozen === undefined ? Pause : Play} small />
          {frozen === undefined ? 'Pause' : 'Resume'} <kbd>p</kbd>
        </button>
      </div>
      {frozen === undefined ? null : (
        <div className={`${ui['notice']} ${css['paused']}`} role="status">
          <Icon of={Pause} small />
          <p>
            <b className={ui['firm']}>Paused at {clock(frozen.at)}.</b>{' '}
            <span className={ui['soft']}>
              {waiting === 0
                ? 'Nothing newer yet.'
                : `${plural(waiting, 'newer event')} ${waiting === 1 ? 'waits' : 'wait'}.`}
            </span>
          </p>
        </div>
      )}
      {feed.problem === undefined || feed.data !== undefined ? null : <Trouble problem={feed.problem} />}
      {feed.data !== undefined && items.length === 0 ? (
        <p className={css['none']}>No event yet. The first line that a source writes appears here.</p>
      ) : null}
      <ol className={css['feed']} data-testid="event-feed">
        {items.map((event) => (
          <Row key={eventId(event)} event={event} />
        ))}
      </ol>
      {items.length > 0 ? (
        <Link className={`${ui['link']} ${ui['more']}`} href="/events">
          {health.data === undefined ? 'All events' : `All ${thousands(health.data.events)} events`}
        </Link>
      ) : null}
    </section>
  );
}

const Row = memo(function Row({ event }: { readonly event: WireEvent }) {
  const outcome = valueText(event['event.outcome']);
  return (
    <li>
      <time dateTime={eventTime(event)}>{clock(eventTime(event))}</time>
      <span className={css['host']}>
        <bdi>{valueText(event['host.name'])}</bdi>
      </span>
      <p>
        <Log text={eventSentence(event)} />
      </p>
      {outcome === 'failure' ? <span className={css['outcome']}>failed</span> : null}
    </li>
  );
});
