import { Minus, Plus, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { thousands, valueText } from '#ui/model';
import { api } from '../../api.ts';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import { useMedia } from '../../state/browser.ts';
import { useEvery } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import css from './Fields.module.css';
import type { Looking } from './useLooking.ts';

const FIELDS = [
  'host.name',
  'process.name',
  'source.ip',
  'user.name',
  'event.action',
  'event.outcome',
  'event.dataset',
];
const VALUES = 6;
const RENEW = 30_000;
const DRAWER = '(max-width: 1100px)';

interface Props {
  readonly looking: Looking;
  readonly total: number;
  /** The search is understood and finds something: only then is there anything to count. */
  readonly ready: boolean;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The commonest values of the fields that people ask for; a column, and a drawer where there is no room. */
export function Fields({ looking, total, ready, open, onClose }: Props) {
  const drawer = useMedia(DRAWER);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (drawer && open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [drawer, open]);
  if (!drawer) {
    return (
      <aside className={css['fields']} aria-label="Fields">
        {ready ? <Values looking={looking} total={total} heading="h2" /> : <Language heading="h2" />}
      </aside>
    );
  }
  return (
    <dialog ref={dialog} className={ui['dialog']} aria-label="Fields" onClose={onClose}>
      <div className={ui['dialogHead']}>
        <h2>Fields</h2>
        <button className={`${ui['button']} ${ui['bare']}`} type="button" aria-label="Close" onClick={onClose}>
          <Icon of={X} small />
        </button>
      </div>
      {open && ready ? <Values looking={looking} total={total} heading="h3" /> : null}
      {open && !ready ? <Language heading="h3" /> : null}
    </dialog>
  );
}

const LANGUAGE: readonly (readonly [string, string])[] = [
  ['failed backup', 'both words, anywhere'],
  ['"no such user"', 'this very phrase'],
  ['user.name:anna', 'a field with this value'],
  ['source.ip:192.0.2.0/24', 'an address of a range'],
  ['-host.name:nas', 'all but these'],
  ['(sudo OR su)', 'one or the other'],
  ['destination.port:>1024', 'more than; also [1 TO 9]'],
  ['user.name:/^adm/', 'an expression'],
  ['failed | count by source.ip', 'counted; also top, histogram'],
];

/** Stands where the fields would be while there are none. */
function Language({ heading: Heading }: { readonly heading: 'h2' | 'h3' }) {
  return (
    <section className={css['language']}>
      <Heading>What can be asked</Heading>
      <dl>
        {LANGUAGE.map(([example, meaning]) => (
          <div key={example}>
            <dt>
              <code>{example}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface ValuesProps {
  readonly looking: Looking;
  readonly total: number;
  readonly heading: 'h2' | 'h3';
}

function Values({ looking, total, heading: Heading }: ValuesProps) {
  const { key, query: q, range } = looking;
  const fields = useResource(key, (signal) =>
    Promise.all(
      FIELDS.map((field) => api.call('eventValues', { query: { field, q, ...range, limit: VALUES }, signal })),
    ),
  );
  useEvery(RENEW, fields.reload);
  const known = fields.data?.filter((entry) => entry.values.length > 0) ?? [];
  return (
    <>
      {known.map(({ field, distinct, values }) => (
        <section key={field} className={css['field']}>
          <Heading>
            {field}
            <span>{thousands(distinct)}</span>
          </Heading>
          <ul>
            {values.map(({ value, count }) => (
              <li key={value}>
                <i style={{ width: `${Math.min(100, (100 * count) / Math.max(1, total))}%` }} />
                <span className={css['value']} title={valueText(value)}>
                  <bdi>{valueText(value)}</bdi>
                </span>
                <span className={css['count']}>{thousands(count)}</span>
                <PlusMinus looking={looking} field={field} value={value} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Only this value, or all but this value. */
export function PlusMinus({
  looking,
  field,
  value,
}: {
  readonly looking: Looking;
  readonly field: string;
  readonly value: string;
}) {
  const shown = valueText(value);
  return (
    <span className={css['plusMinus']}>
      <button type="button" aria-label={`Only ${field} ${shown}`} onClick={() => looking.only(field, value)}>
        <Icon of={Plus} small />
      </button>
      <button type="button" aria-label={`Not ${field} ${shown}`} onClick={() => looking.not(field, value)}>
        <Icon of={Minus} small />
      </button>
    </span>
  );
}
