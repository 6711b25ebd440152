import { Check, CircleDashed, TriangleAlert } from 'lucide-react';
import type { SourceStatus } from '#contract';
import { leftAside, notKept, plural, sourceName, sourceState, type Standing, standing } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import { useHouse } from '../../state/house.tsx';
import css from './Home.module.css';

const ICONS: Record<Standing, typeof Check> = { heard: Check, mend: TriangleAlert, quiet: CircleDashed };

export function Sources() {
  const { health } = useHouse();
  const sources = health.data?.sources ?? [];
  return (
    <section aria-labelledby="h-src">
      <div className={ui['secHead']}>
        <h2 id="h-src">Sources</h2>
        <p>since the start</p>
      </div>
      {health.data !== undefined && sources.length === 0 ? (
        <p className={css['none']}>No source yet. Logs can be sent to /api/logs.</p>
      ) : null}
      {sources.length === 0 ? null : (
        <table className={css['sources']}>
          <thead className={ui['sr']}>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Events</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <SourceRow key={source.id} source={source} />
            ))}
          </tbody>
        </table>
      )}
      <Losses />
    </section>
  );
}

function SourceRow({ source }: { readonly source: SourceStatus }) {
  const now = useNow(60_000);
  const stand = standing(source);
  return (
    <tr>
      <td>
        <Log text={sourceName(source)} />
        {stand === 'heard' && source.reason !== '' ? (
          <p className={css['why']}>
            <Log text={source.reason} />
          </p>
        ) : null}
      </td>
      <td className={css['records']}>{source.records === 0 ? '' : plural(source.records, 'event')}</td>
      <td className={stand === 'mend' ? css['warn'] : css['state']}>
        <Icon of={ICONS[stand]} small /> {sourceState(source, now)}
      </td>
    </tr>
  );
}

/** What was dropped and why: nothing goes missing in silence. */
function Losses() {
  const { health } = useHouse();
  const counters = health.data?.counters ?? [];
  return (
    <>
      <Lines title="Not kept" lines={notKept(counters)} />
      <Lines title="Kept, but left aside" lines={leftAside(counters)} />
    </>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <div className={css['losses']}>
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line}>
            <Log text={line} />
          </li>
        ))}
      </ul>
    </div>
  );
}
