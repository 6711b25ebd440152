import { X } from 'lucide-react';
import type { Ref } from 'react';
import type { AlertStatus, Level } from '#contract';
import { levelWord, statusWord } from '#ui/model';
import { Chip, Chips, FilterBar } from '../../parts/FilterBar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import { useHouse } from '../../state/house.tsx';

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
      <FilterBar
        label="State"
        tabs={STATUSES.map((key) => ({ key, word: statusWord(key), count: summary.data?.statuses[key] }))}
        chosen={status}
        onTab={(key) => change({ status: key === 'open' ? '' : key })}
        box={box}
        search={['Search alerts', 'Search alerts']}
        q={q}
        onSearch={(words) => change({ q: words })}
      />
      {shown.length > 1 || level !== undefined || kind !== undefined ? (
        <Chips label="Kind">
          {level === undefined ? null : (
            <button className={ui['chip']} type="button" aria-pressed="true" onClick={() => change({ level: '' })}>
              {levelWord(level)}
              {level === 'critical' ? '' : ' or worse'}
              <Icon of={X} small />
            </button>
          )}
          {shown.map((each) => (
            <Chip
              key={each}
              value={each}
              chosen={each === kind}
              onPress={() => change({ kind: each === kind ? '' : each })}
            />
          ))}
        </Chips>
      ) : null}
    </>
  );
}
