import type { Ref } from 'react';
import { productsOf, RULE_TAB_WORDS, RULE_TABS, type RuleFilter, tabCounts } from '#ui/model';
import { Chip, Chips, FilterBar } from '../../parts/FilterBar.tsx';
import type { RuleBook } from '../../state/rules.ts';

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
  const shown = RULE_TABS.filter((each) => each === 'all' || each === tab || counts[each] > 0);
  return (
    <>
      <FilterBar
        label="What they do"
        tabs={shown.map((key) => ({ key, word: RULE_TAB_WORDS[key], count: counts[key] }))}
        chosen={tab}
        onTab={(key) => change({ state: key === 'all' ? '' : key })}
        box={box}
        search={['Search rules', 'Title, tag, file']}
        q={q}
        onSearch={(words) => change({ q: words })}
      />
      {products.length > 1 && tab !== 'broken' ? (
        <Chips label="Product">
          {products.map((each) => (
            <Chip
              key={each}
              value={each}
              chosen={each === product}
              onPress={() => change({ product: each === product ? '' : each })}
            />
          ))}
        </Chips>
      ) : null}
    </>
  );
}
