import { Undo2 } from 'lucide-react';
import type { AlertStatus, Problem } from '#contract';
import { Icon } from '../../parts/Icon.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Alerts.module.css';
import type { Done } from './Alerts.tsx';

const WORDS: Record<AlertStatus, string> = { open: 'Opened again', acknowledged: 'Acknowledged', closed: 'Closed' };

interface Props {
  readonly done: Done | undefined;
  readonly problem: Problem | undefined;
  readonly busy: boolean;
  readonly onUndo: (done: Done) => void;
}

/** What just happened, and the way back. */
export function UndoLine({ done, problem, busy, onUndo }: Props) {
  return (
    <div role="status" className={css['undo']}>
      {problem !== undefined ? (
        <div className={ui['notice']}>
          <p>
            <b className={ui['firm']}>{problem.title}.</b> {problem.next}
          </p>
        </div>
      ) : done !== undefined ? (
        <div className={ui['notice']}>
          <p>
            <b className={ui['firm']}>{WORDS[done.alert.status]}:</b> <Log text={done.alert.sentence} />
          </p>
          <button className={ui['button']} type="button" disabled={busy} onClick={() => onUndo(done)}>
            <Icon of={Undo2} small />
            Undo
          </button>
        </div>
      ) : null}
    </div>
  );
}
