import { Check, Link, Trash2, X } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { valueText } from '#ui/model';
import { api, problemOf } from '../../api.ts';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import { copyText } from '../../state/browser.ts';
import { useResource } from '../../state/resource.ts';
import css from './SavedDialog.module.css';
import type { Looking } from './useLooking.ts';

interface Props {
  readonly looking: Looking;
  readonly onClose: () => void;
}

/** Searches under a name; the one that is shown can be kept, or sent to somebody as a link to exactly these moments. */
export function SavedDialog({ looking, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const list = useResource('searches', (signal) => api.call('listSearches', { signal }));
  const [trouble, setTrouble] = useState('');
  const change = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      setTrouble('');
      list.reload();
      return true;
    } catch (error) {
      const problem = problemOf(error);
      setTrouble(`${problem.detail === '' ? `${problem.title}.` : problem.detail} ${problem.next}`);
      return false;
    }
  };
  const run = (query: string): void => {
    looking.search(query);
    onClose();
  };
  return (
    <dialog ref={dialog} className={`${ui['dialog']} ${css['saved']}`} aria-labelledby="saved-title" onClose={onClose}>
      <div className={ui['dialogHead']}>
        <h2 id="saved-title">Saved searches</h2>
        <button className={`${ui['button']} ${ui['bare']}`} type="button" aria-label="Close" onClick={onClose}>
          <Icon of={X} small />
        </button>
      </div>
      {list.data?.items.length === 0 ? (
        <p className={ui['soft']}>None yet. Search for something, then give it a name here.</p>
      ) : null}
      <ul>
        {list.data?.items.map(({ name, query }) => (
          <li key={name}>
            <button type="button" className={css['run']} onClick={() => run(query)}>
              <b>
                <bdi>{valueText(name)}</bdi>
              </b>
              <code>
                <bdi>{valueText(query)}</bdi>
              </code>
            </button>
            <button
              type="button"
              className={`${ui['button']} ${ui['bare']}`}
              aria-label={`Forget ${valueText(name)}`}
              onClick={() => void change(() => api.call('removeSearch', { params: { name } }))}
            >
              <Icon of={Trash2} small />
            </button>
          </li>
        ))}
      </ul>
      {looking.q === '' ? null : (
        <SaveForm
          query={looking.q}
          onSave={(name) => change(() => api.call('saveSearch', { params: { name }, body: { query: looking.q } }))}
        />
      )}
      {trouble === '' ? null : <p role="alert">{trouble}</p>}
      <CopyLink looking={looking} />
    </dialog>
  );
}

function SaveForm({ query, onSave }: { readonly query: string; readonly onSave: (name: string) => Promise<boolean> }) {
  const [name, setName] = useState('');
  const keep = async (trimmed: string): Promise<void> => {
    if (await onSave(trimmed)) setName('');
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed !== '') void keep(trimmed);
  };
  return (
    <form className={css['save']} onSubmit={save}>
      <label>
        Keep <code>{valueText(query)}</code> as
        <span className={ui['field']}>
          <input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} placeholder="a name" />
        </span>
      </label>
      <button className={`${ui['button']} ${ui['lamp']}`} type="submit" disabled={name.trim() === ''}>
        Save
      </button>
    </form>
  );
}

/** Relative times become absolute: who opens it tomorrow sees what is seen now. */
function CopyLink({ looking }: { readonly looking: Looking }) {
  const [copied, setCopied] = useState<boolean>();
  const link = looking.permalink();
  const copy = async (): Promise<void> => setCopied(await copyText(link));
  return (
    <p className={css['link']}>
      <button className={ui['button']} type="button" onClick={() => void copy()}>
        <Icon of={copied === true ? Check : Link} small />
        {copied === true ? 'Copied' : 'Copy a link to exactly this time'}
      </button>
      <span className={ui['soft']} role="status">
        {copied === false ? link : ''}
      </span>
    </p>
  );
}
