import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { productsOf, RULE_TAB_WORDS, RULE_TABS, type RuleFilter, tabCounts, thousands, valueText } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import type { RuleBook } from '../../state/rules.ts';
import css from './Rules.module.css';

const CHIPS = 8;

interface Props {
  readonly box: Ref<HTMLInputElement>;
  readonly book: RuleBook;
  readonly filter: RuleFilter;
  readonly change: (changes: Readonly<Record<string, string>>) => void;
}

export function Filters({ box, book: { items, problems }, filter: { tab, product, q }, change }: Props) {
  const counts = tabCounts(items, problems.length);
  const common = productsOf(items, CHIPS);
  const products = product === '' || common.includes(product) ? common : [product, ...common];
  return (
    <>
      <div className={css['filters']}>
        <div className={css['tabs']} role="group" aria-label="What they do">
          {RULE_TABS.filter((each) => each === 'all' || each === tab || counts[each] > 0).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === tab}
              onClick={() => change({ state: each === 'all' ? '' : each })}
            >
              {RULE_TAB_WORDS[each]} <span>{thousands(counts[each])}</span>
            </button>
          ))}
        </div>
        <label className={ui['field']}>
          <Icon of={Search} small />
          <span className={ui['sr']}>Search rules</span>
          <input
            ref={box}
            type="search"
            placeholder="Title, tag, file"
            value={q}
            onChange={(event) => change({ q: event.target.value })}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <kbd>/</kbd>
        </label>
      </div>
      {products.length > 1 && tab !== 'broken' ? (
        <div className={css['chips']} role="group" aria-label="Product">
          {products.map((each) => (
            <button
              key={each}
              className={ui['chip']}
              type="button"
              aria-pressed={each === product}
              onClick={() => change({ product: each === product ? '' : each })}
            >
              <bdi>{valueText(each)}</bdi>
              {each === product ? <Icon of={X} small /> : null}
            </button>
          ))}
        </div>
      ) : null}
    </>
  );
}
