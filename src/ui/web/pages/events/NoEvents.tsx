import { plural, RANGES, thousands } from '#ui/model';
import { api } from '../../api.ts';
import ui from '../../parts/ui.module.css';
import { useResource } from '../../state/resource.ts';
import type { Looking } from './useLooking.ts';

/** Says why there is nothing, and where there is something. */
export function NoEvents({ looking }: { readonly looking: Looking }) {
  const { query: q, rangeKey } = looking;
  const at = RANGES.findIndex((choice) => choice.key === rangeKey);
  const phrase = RANGES[at]?.phrase ?? 'in this time';
  const wider = useResource(JSON.stringify([q, rangeKey]), async (signal) => {
    for (const choice of RANGES.slice(at + 1)) {
      const { total } = await api.call('eventHistogram', {
        query: { q, bins: 1, ...(choice.from === undefined ? {} : { from: choice.from }) },
        signal,
      });
      if (total > 0) return { choice, total };
    }
    return undefined;
  });
  const anything = useResource(q === '' ? undefined : 'anything', (signal) =>
    api.call('eventHistogram', { query: { bins: 1 }, signal }),
  );
  return (
    <div className={ui['empty']}>
      <p>
        No event {phrase}
        {q === '' ? '' : ' fits this search'}.
        {wider.data === undefined ? '' : ` ${plural(wider.data.total, 'event')} ${wider.data.choice.phrase}.`}
      </p>
      {wider.data !== undefined ? (
        <button className={ui['button']} type="button" onClick={() => looking.choose(wider.data?.choice.key ?? 'all')}>
          Widen to {wider.data.choice.label.toLowerCase()}
        </button>
      ) : wider.loading ? null : q !== '' ? (
        <>
          <p>
            {anything.data === undefined ? '' : `${thousands(anything.data.total)} events are kept; none of them fits.`}
          </p>
          <button className={ui['button']} type="button" onClick={() => looking.search('')}>
            Clear the search
          </button>
        </>
      ) : (
        <p>The first line that a source writes appears here. Home says which sources are heard.</p>
      )}
    </div>
  );
}
