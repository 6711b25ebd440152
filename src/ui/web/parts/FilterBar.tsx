import { Search, X } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import { thousands, valueText } from '#ui/model';
import css from './FilterBar.module.css';
import { Icon } from './Icon.tsx';
import ui from './ui.module.css';

export interface Tab {
  readonly key: string;
  readonly word: string;
  /** undefined: not known yet. */
  readonly count: number | undefined;
}

interface Props {
  /** Of the tabs, for who does not see them. */
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onTab: (key: string) => void;
  readonly box: Ref<HTMLInputElement>;
  /** What the box is called, and what it says while nothing is in it. */
  readonly search: readonly [name: string, placeholder: string];
  readonly q: string;
  readonly onSearch: (q: string) => void;
}

/** What a list is narrowed to: tabs with their counts, and a box for words. */
export function FilterBar({ label, tabs, chosen, onTab, box, search: [name, placeholder], q, onSearch }: Props) {
  return (
    <div className={css['filters']}>
      <div className={css['tabs']} role="group" aria-label={label}>
        {tabs.map(({ key, word, count }) => (
          <button key={key} type="button" aria-pressed={key === chosen} onClick={() => onTab(key)}>
            {word} <span>{count === undefined ? '' : thousands(count)}</span>
          </button>
        ))}
      </div>
      <label className={ui['field']}>
        <Icon of={Search} small />
        <span className={ui['sr']}>{name}</span>
        <input
          ref={box}
          type="search"
          placeholder={placeholder}
          value={q}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        />
        <kbd>/</kbd>
      </label>
    </div>
  );
}

/** The row of chips below it. */
export function Chips({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={css['chips']} role="group" aria-label={label}>
      {children}
    </div>
  );
}

interface ChipProps {
  readonly value: string;
  readonly chosen: boolean;
  readonly onPress: () => void;
}

/** A value that came from a log or a rule. */
export function Chip({ value, chosen, onPress }: ChipProps) {
  return (
    <button className={ui['chip']} type="button" aria-pressed={chosen} onClick={onPress}>
      <bdi>{valueText(value)}</bdi>
      {chosen ? <Icon of={X} small /> : null}
    </button>
  );
}
