import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { ListedRule } from '#contract';
import { isIdle, productOf, stateWord, thousands, valueText } from '#ui/model';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { PHONE, useMedia } from '../../state/browser.ts';
import type { Switching } from '../../state/rules.ts';
import { RuleDetails } from './RuleDetails.tsx';
import css from './Rules.module.css';

interface Props {
  readonly rules: readonly ListedRule[];
  /** Events of late that matched, by id; undefined: not known. */
  readonly hits: ReadonlyMap<string, number> | undefined;
  /** Id of the rule that is open; '' for none. */
  readonly opened: string;
  readonly onOpen: (id: string) => void;
  readonly switching: Switching;
}

const COLUMNS = [
  ['Runs', 'runs'],
  ['Rule', 'title'],
  ['Watches', 'product'],
  ['Status', 'status'],
  ['Level', 'level'],
  ['When it matches', 'state'],
  ['Hits, 7 days', 'hits'],
] as const;

/** Only the rows near the window are in the page; each rule is a <tbody>, so an open one brings its details along. */
export function RuleTable({ rules, hits, opened, onOpen, switching }: Props) {
  const phone = useMedia(PHONE);
  const table = useRef<HTMLTableElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const head = table.current?.tHead ?? undefined;
    const top = head === undefined ? 0 : head.getBoundingClientRect().bottom + window.scrollY;
    setOffset((old) => (Math.abs(old - top) < 1 ? old : top));
  });
  const virtual = useWindowVirtualizer({
    count: rules.length,
    estimateSize: () => (phone ? 96 : 54),
    getItemKey: (at) => keyOf(rules[at]),
    overscan: 10,
    scrollMargin: offset,
  });
  const shown = virtual.getVirtualItems();
  const above = (shown[0]?.start ?? offset) - offset;
  const below = virtual.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset);
  return (
    <table ref={table} className={css['rules']} role="table" aria-label="Rules" data-testid="rule-table">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map(([title, name]) => (
            <th key={name} scope="col" role="columnheader" className={css[name]}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <Space height={above} />
      {shown.map((item) => {
        const rule = rules[item.index];
        if (rule === undefined) return null;
        const open = rule.id === opened;
        return (
          <tbody key={item.key} ref={virtual.measureElement} data-index={item.index} role="rowgroup">
            <Row rule={rule} hits={hits?.get(rule.id)} open={open} onOpen={onOpen} switching={switching} />
            {open ? (
              <tr role="row" className={css['details']}>
                <td role="cell" colSpan={COLUMNS.length}>
                  <RuleDetails rule={rule} />
                </td>
              </tr>
            ) : null}
          </tbody>
        );
      })}
      <Space height={below} />
    </table>
  );
}

/** Two versions of one rule have the same id. */
const keyOf = (rule: ListedRule | undefined): string =>
  rule === undefined ? '' : `${rule.id} ${rule.file}:${rule.line}`;

/** Stands for the rows that are not in the page. */
function Space({ height }: { readonly height: number }) {
  return (
    <tbody aria-hidden="true" className={css['space']} style={{ height: Math.max(0, height) }}>
      {height > 0 ? (
        <tr>
          <td colSpan={COLUMNS.length} style={{ height }} />
        </tr>
      ) : null}
    </tbody>
  );
}

interface RowProps {
  readonly rule: ListedRule;
  readonly hits: number | undefined;
  readonly open: boolean;
  readonly onOpen: (id: string) => void;
  readonly switching: Switching;
}

const Row = memo(function Row({ rule, hits, open, onOpen, switching }: RowProps) {
  const { id, title, set, status, level, state } = rule;
  const runs = state !== 'off';
  return (
    <tr role="row" className={open ? css['on'] : runs ? undefined : css['still']} onClick={() => onOpen(id)}>
      <td role="cell" className={css['runs']}>
        <button
          type="button"
          role="switch"
          aria-checked={runs}
          aria-label={`Runs: ${valueText(title)}`}
          aria-busy={switching.busy === id}
          disabled={switching.busy !== undefined}
          className={css['switch']}
          onClick={(click) => {
            click.stopPropagation();
            switching.to(rule, runs ? 'off' : 'on');
          }}
        />
      </td>
      <td role="cell" className={css['title']}>
        <button
          type="button"
          aria-expanded={open}
          onClick={(click) => {
            click.stopPropagation();
            onOpen(id);
          }}
        >
          <Log text={title} />
        </button>
        <p>
          <Log text={set === 'porchlight' ? 'our own' : set} />
        </p>
      </td>
      <td role="cell" className={css['product']}>
        <bdi>{valueText(productOf(rule))}</bdi>
      </td>
      <td role="cell" className={css['status']}>
        {status ?? <span className={ui['faint']}>not said</span>}
      </td>
      <td role="cell" className={css['level']}>
        <LevelMark level={level} />
      </td>
      <td role="cell" className={css['state']}>
        {stateWord(rule)}
        {isIdle(rule) ? <p className={css['idle']}>cannot fire here</p> : null}
      </td>
      <td role="cell" className={css['hits']}>
        {hits === undefined ? <span className={ui['faint']}>·</span> : thousands(hits)}
      </td>
    </tr>
  );
});
