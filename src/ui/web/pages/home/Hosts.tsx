import { Link } from 'wouter';
import { thousands, valueText, withTerm } from '#ui/model';
import { api } from '../../api.ts';
import { useLiveBatch } from '../../live/react.ts';
import ui from '../../parts/ui.module.css';
import { useEvery, usePaced } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import css from './Home.module.css';

const RENEW = 30_000;
const SHOWN = 8;

/** Who wrote how much in a day: a machine that fell silent, or does not stop, stands out. */
export function Hosts() {
  const hosts = useResource('hosts', (signal) =>
    api.call('eventValues', { query: { field: 'host.name', from: '-24h', limit: SHOWN }, signal }),
  );
  const renew = usePaced(hosts.reload, RENEW);
  useEvery(RENEW, hosts.reload);
  useLiveBatch((batch) => {
    if (batch.resync) renew();
  });
  const values = hosts.data?.values ?? [];
  const most = Math.max(1, ...values.map(({ count }) => count));
  if (values.length === 0) return null;
  return (
    <section aria-labelledby="h-hosts">
      <div className={ui['secHead']}>
        <h2 id="h-hosts">Who wrote in 24 hours</h2>
        <p>events</p>
      </div>
      <ul className={css['hosts']}>
        {values.map(({ value, count }) => (
          <li key={value}>
            <Link href={`/events?${new URLSearchParams({ q: withTerm('', 'host.name', value, false) }).toString()}`}>
              <i style={{ width: `${(100 * count) / most}%` }} />
              <bdi>{valueText(value)}</bdi>
              <span>{thousands(count)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
