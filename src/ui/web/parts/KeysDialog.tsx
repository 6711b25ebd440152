import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Icon } from './Icon.tsx';
import css from './ui.module.css';

const KEYS: readonly (readonly [string, string])[] = [
  ['j', 'Next alert'],
  ['k', 'Alert before'],
  ['a', 'Acknowledge the alert'],
  ['c', 'Close the alert'],
  ['o', 'Open the alert again'],
  ['p', 'Pause or resume the live events'],
  ['/', 'Search this page'],
  ['Esc', 'Leave the alert, or the dialog'],
  ['Ctrl K', 'Search events from anywhere'],
];

export function KeysDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className={css['dialog']} aria-labelledby="keys-title" onClose={onClose}>
      <div className={css['dialogHead']}>
        <h2 id="keys-title">Keys</h2>
        <button className={`${css['button']} ${css['bare']}`} type="button" aria-label="Close" onClick={onClose}>
          <Icon of={X} small />
        </button>
      </div>
      <dl className={css['keyList']}>
        {KEYS.map(([key, what]) => (
          <div key={key} style={{ display: 'contents' }}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
