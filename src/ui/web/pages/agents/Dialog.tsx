import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';

interface Props {
  readonly title: ReactNode;
  /** It was closed, by whatever way. */
  readonly onClose: () => void;
  readonly children: (close: () => void) => ReactNode;
}

/** Open for as long as it is in the page. It is closed before it goes: that is what gives the focus back. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={ui['dialog']} aria-labelledby={id} onClose={onClose}>
      <div className={ui['dialogHead']}>
        <h2 id={id}>{title}</h2>
        <button className={`${ui['button']} ${ui['bare']}`} type="button" aria-label="Close" onClick={close}>
          <Icon of={X} small />
        </button>
      </div>
      {children(close)}
    </dialog>
  );
}
