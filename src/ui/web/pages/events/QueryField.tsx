import { Search, X } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { thousands, valueText } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import css from './QueryField.module.css';
import { type Completion, useCompletion } from './useCompletion.ts';

interface Props {
  readonly box: RefObject<HTMLInputElement | null>;
  readonly draft: string;
  /** What the page shows: a draft that differs waits for Enter. */
  readonly shown: string;
  readonly invalid: boolean;
  readonly onDraft: (draft: string) => void;
  readonly onClear: () => void;
}

/** The search field, with what may be written next below it: arrows choose, Tab or Enter takes, Escape closes. */
export function QueryField({ box, draft, shown, invalid, onDraft, onClear }: Props) {
  const list = useId();
  const { offered, ask, close } = useCompletion();
  const [chosen, setChosen] = useState(-1);
  const open = offered !== undefined;
  const type = (text: string, at: number): void => {
    onDraft(text);
    setChosen(-1);
    if (text === '') close();
    else ask(text, at);
  };
  const take = ({ from, to, items }: Completion, index: number): void => {
    const item = items[index];
    if (item === undefined) return;
    const field =
      !draft.slice(0, from).endsWith(':') && /^[@\w.-]+$/.test(item.text) && !draft.slice(0, from).includes('|');
    const text = `${draft.slice(0, from)}${item.text}${field ? ':' : ' '}${draft.slice(to).trimStart()}`;
    const at = from + item.text.length + 1;
    close();
    // Drawn at once: the next key must not come before the cursor is in its place.
    flushSync(() => type(text, at));
    box.current?.setSelectionRange(at, at);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (offered !== undefined && by !== undefined) {
      const count = offered.items.length;
      setChosen((old) => (old < 0 && by < 0 ? count - 1 : (old + by + count) % count));
    } else if (offered !== undefined && event.key === 'Tab' && !event.shiftKey) take(offered, Math.max(0, chosen));
    else if (offered !== undefined && event.key === 'Enter' && chosen >= 0) take(offered, chosen);
    else if (event.key === 'Escape' && open) close();
    else if (event.key === 'Escape') return event.currentTarget.blur();
    else {
      if (event.key === 'Enter') close();
      return;
    }
    event.preventDefault();
  };
  return (
    <div className={css['around']}>
      <div className={`${ui['field']} ${css['field']}`}>
        <Icon of={Search} small />
        <input
          ref={box}
          type="search"
          role="combobox"
          aria-label="Search events"
          aria-expanded={open}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={chosen < 0 ? undefined : `${list}-${chosen}`}
          aria-invalid={invalid}
          aria-describedby={invalid ? 'query-problem' : undefined}
          placeholder="words, or field:value such as source.ip:203.0.113.7"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="search"
          maxLength={2000}
          value={draft}
          onChange={(event) => type(event.target.value, event.target.selectionStart ?? event.target.value.length)}
          onKeyDown={press}
          onBlur={close}
        />
        {draft.trim() !== shown ? <kbd>Enter</kbd> : null}
        {draft === '' ? (
          <kbd>/</kbd>
        ) : (
          <button
            className={`${ui['button']} ${ui['bare']} ${css['clear']}`}
            type="button"
            aria-label="Clear the search"
            onClick={onClear}
          >
            <Icon of={X} small />
          </button>
        )}
      </div>
      <ul id={list} role="listbox" aria-label="What may come here" className={css['offers']} hidden={!open}>
        {offered?.items.map((item, at) => (
          <li
            key={item.text}
            id={`${list}-${at}`}
            role="option"
            aria-selected={at === chosen}
            // The field keeps the focus, or its blur would close the list before the click.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(offered, at)}
          >
            <bdi>{valueText(item.text)}</bdi>
            {item.detail === '' ? null : <span>{item.detail}</span>}
          </li>
        ))}
      </ul>
      <span className={ui['sr']} role="status">
        {offered === undefined ? '' : `${thousands(offered.items.length)} to choose from`}
      </span>
    </div>
  );
}
