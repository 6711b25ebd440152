import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import type { AlertStatus, Level } from '#contract';
import { levelWord, statusWord, thousands, valueText } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import { useHouse } from '../../state/house.tsx';
import css from './Alerts.module.css';

const STATUSES: readonly AlertStatus[] = ['open', 'acknowledged', 'closed'];
const CHIPS = 8;

interface Props {
  readonly box: Ref<HTMLInputElement>;
  readonly status: AlertStatus;
  readonly level: Level | undefined;
  readonly kind: string | undefined;
  readonly q: string;
  readonly change: (changes: Readonly<Record<string, string>>) => void;
}

export function Filters({ box, status, level, kind, q, change }: Props) {
  const { summary } = useHouse();
  const kinds = (summary.data?.kinds ?? []).map((entry) => entry.kind).slice(0, CHIPS);
  const shown = kind === undefined || kinds.includes(kind) ? kinds : [kind, ...kinds];
  return (
    <>
      <div className={css['filters']}>
        <div className={css['tabs']} role="group" aria-label="State">
          {STATUSES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === status}
              onClick={() => change({ status: each === 'open' ? '' : each })}
            >
              {statusWord(each)} <span>{summary.data === undefined ? '' : thousands(summary.data.statuses[each])}</span>
            </button>
          ))}
        </div>
        <label className={ui['field']}>
          <Icon of={Search} small />
          <span className={ui['sr']}>Search alerts</span>
          <input
            ref={box}
            type="search"
            placeholder="Search alerts"
            value={q}
            onChange={(event) => change({ q: event.target.value })}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <kbd>/</kbd>
        </label>
      </div>
      {shown.length > 1 || level !== undefined || kind !== undefined ? (
        <div className={css['chips']} role="group" aria-label="Kind">
          {level === undefined ? null : (
            <button className={ui['chip']} type="button" aria-pressed="true" onClick={() => change({ level: '' })}>
              {levelWord(level)}
              {level === 'critical' ? '' : ' or worse'}
              <Icon of={X} small />
            </button>
          )}
          {shown.map((each) => (
            <button
              key={each}
              className={ui['chip']}
              type="button"
              aria-pressed={each === kind}
              onClick={() => change({ kind: each === kind ? '' : each })}
            >
              <bdi>{valueText(each)}</bdi>
              {each === kind ? <Icon of={X} small /> : null}
            </button>
          ))}
        </div>
      ) : null}
    </>
  );
}
