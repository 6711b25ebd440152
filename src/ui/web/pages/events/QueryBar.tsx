import { Bookmark, Clock, Filter } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import type { Problem } from '#contract';
import { errorPlace, moment, RANGES } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import css from './Events.module.css';
import { QueryField } from './QueryField.tsx';
import { SavedDialog } from './SavedDialog.tsx';
import type { Looking } from './useLooking.ts';

interface Props {
  readonly box: RefObject<HTMLInputElement | null>;
  readonly looking: Looking;
  readonly problem: Problem | undefined;
  readonly onFields: () => void;
}

export function QueryBar({ box, looking, problem, onFields }: Props) {
  const [draft, setDraft] = useState(looking.q);
  const [savedOpen, setSavedOpen] = useState(false);
  useEffect(() => setDraft(looking.q), [looking.q]);
  const clear = (): void => {
    setDraft('');
    looking.search('');
    box.current?.focus();
  };
  return (
    <>
      <form
        className={css['query']}
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          looking.search(draft);
        }}
      >
        <div className={css['box']}>
          <QueryField
            box={box}
            draft={draft}
            shown={looking.q}
            invalid={problem !== undefined}
            onDraft={setDraft}
            onClear={clear}
          />
          {problem === undefined ? null : <QueryProblem q={looking.q} problem={problem} />}
        </div>
        <RangeMenu looking={looking} />
        <button className={`${ui['button']} ${css['barButton']}`} type="button" onClick={() => setSavedOpen(true)}>
          <Icon of={Bookmark} small />
          Saved
        </button>
        <button
          className={`${ui['button']} ${css['barButton']} ${css['fieldsButton']}`}
          type="button"
          onClick={onFields}
        >
          <Icon of={Filter} small />
          Fields
        </button>
      </form>
      {savedOpen ? <SavedDialog looking={looking} onClose={() => setSavedOpen(false)} /> : null}
    </>
  );
}

/** The search text with the place of the error underlined, and why. */
function QueryProblem({ q, problem }: { readonly q: string; readonly problem: Problem }) {
  const place = errorPlace(q, problem.detail);
  return (
    <div id="query-problem" role="alert" className={css['problem']}>
      {place === undefined ? null : (
        <p className={css['place']}>
          <bdi>
            {q.slice(0, place.from)}
            <u>{q.slice(place.from, place.to) || '\u00a0'}</u>
            {q.slice(place.to)}
          </bdi>
        </p>
      )}
      <p>
        {problem.detail || `${problem.title}.`} {problem.next}
      </p>
    </div>
  );
}

function RangeMenu({ looking }: { readonly looking: Looking }) {
  const now = useNow(60_000);
  const { from, to } = looking.range;
  const own =
    looking.rangeKey === 'own'
      ? `${from === undefined ? 'the start' : moment(from, now)} to ${to === undefined ? 'now' : moment(to, now)}`
      : undefined;
  return (
    <label className={`${ui['button']} ${css['range']}`}>
      <Icon of={Clock} small />
      <span className={ui['sr']}>Time range</span>
      <select value={looking.rangeKey} onChange={(event) => looking.choose(event.target.value)}>
        {own === undefined ? null : (
          <option value="own" disabled>
            {own}
          </option>
        )}
        {RANGES.map((choice) => (
          <option key={choice.key} value={choice.key}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}
