import { useDeferredValue, useMemo, useRef } from 'react';
import type { RuleProblem } from '#contract';
import {
  problemPlace,
  RULE_TABS,
  type RuleFilter,
  rulesRest,
  rulesSentence,
  selectProblems,
  selectRules,
} from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useAddress } from '../../state/address.ts';
import { useKeys } from '../../state/browser.ts';
import { usePageTitle } from '../../state/house.tsx';
import { type RuleBook, useHits, useRules, useSwitch } from '../../state/rules.ts';
import { Filters } from './Filters.tsx';
import css from './Rules.module.css';
import { RuleTable } from './RuleTable.tsx';
import { TryOwn } from './TryOwn.tsx';

const NO_RULES: RuleBook = { items: [], problems: [], remarks: [], next: null };

/** What is looked for in the logs: each rule with what it does when it matches, and the ones that cannot be used. */
export function Rules() {
  const book = useRules();
  const hits = useHits();
  const [address, change] = useAddress();
  const switching = useSwitch(book.set);
  const box = useRef<HTMLInputElement>(null);
  const q = address.get('q') ?? '';
  const searching = useDeferredValue(q);
  const filter: RuleFilter = {
    tab: RULE_TABS.find((tab) => tab === address.get('state')) ?? 'all',
    product: address.get('product') ?? '',
    q: searching,
  };
  const { tab, product } = filter;
  const { items, problems } = book.data ?? NO_RULES;
  const shown = useMemo(() => selectRules(items, { tab, product, q: searching }), [items, tab, product, searching]);
  const broken = useMemo(() => selectProblems(problems, searching), [problems, searching]);
  const opened = address.get('rule') ?? '';
  const trying = address.get('try') === 'own';
  usePageTitle('Rules');
  useKeys({ '/': () => box.current?.focus() });
  return (
    <>
      <header className={ui['head']}>
        <div>
          <h1>
            {book.data === undefined
              ? book.problem === undefined
                ? 'One moment'
                : 'The rules are not known'
              : rulesSentence(items)}
          </h1>
          {book.data === undefined ? null : <p>{rulesRest(items, problems.length)}</p>}
        </div>
        {trying ? null : (
          <button className={`${ui['button']} ${ui['lamp']}`} type="button" onClick={() => change({ try: 'own' })}>
            Try a rule
          </button>
        )}
      </header>
      {trying ? <TryOwn onClose={() => change({ try: '' })} /> : null}
      <div className={ui['sheet']}>
        <Filters box={box} book={book.data ?? NO_RULES} filter={{ ...filter, q }} change={change} />
        {book.problem === undefined || book.data !== undefined ? null : <Trouble problem={book.problem} />}
        <div role="status" className={css['said']}>
          {switching.problem === undefined ? null : <Trouble problem={switching.problem} />}
        </div>
        {tab === 'broken' ? (
          <Broken problems={broken} />
        ) : shown.length > 0 ? (
          <RuleTable
            rules={shown}
            hits={hits}
            opened={opened}
            onOpen={(id) => change({ rule: id === opened ? '' : id })}
            switching={switching}
          />
        ) : null}
        {book.data !== undefined && (tab === 'broken' ? broken : shown).length === 0 ? (
          <Empty filtered={q !== '' || product !== '' || tab !== 'all'} broken={tab === 'broken'} />
        ) : null}
      </div>
    </>
  );
}

function Broken({ problems }: { readonly problems: readonly RuleProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className={css['broken']} aria-label="Broken rules" data-testid="broken-rules">
      {problems.map((problem, at) => (
        <li key={at}>
          <p>
            <b>
              <Log text={problem.reason} />
            </b>
          </p>
          <p className={css['place']}>
            <Log text={problemPlace(problem)} />
          </p>
          {problem.title === '' ? null : (
            <p className={ui['faint']}>
              <Log text={problem.title} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Empty({ filtered, broken }: { readonly filtered: boolean; readonly broken: boolean }) {
  return (
    <div className={ui['empty']}>
      <p>{broken ? 'No rule is broken.' : filtered ? 'No rule fits these filters.' : 'No rule is loaded.'}</p>
      <p className={ui['faint']}>More rules come from a folder, an archive, or a release of SigmaHQ’s:</p>
      <Command command="porchlight rules add sigma_core.zip" />
    </div>
  );
}
