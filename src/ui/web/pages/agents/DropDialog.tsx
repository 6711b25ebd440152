import { useState } from 'react';
import type { AgentStatus, Problem } from '#contract';
import { plural } from '#ui/model';
import { api, problemOf } from '../../api.ts';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Dialogs.module.css';
import { Dialog } from './Dialog.tsx';
import { Refused } from './Refused.tsx';

export interface Dropping {
  readonly agent: AgentStatus;
  /** Off the list too. */
  readonly forget: boolean;
}

interface Props {
  readonly dropping: Dropping;
  readonly onDropped: (name: string, forget: boolean) => void;
  readonly onClose: () => void;
}

/** Asks before a right is taken away, and says what that means. */
export function DropDialog({ dropping: { agent, forget }, onDropped, onClose }: Props) {
  const { name, spool, keys } = agent;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const verb = forget ? 'Remove' : 'Revoke';
  const drop = async (close: () => void): Promise<void> => {
    setBusy(true);
    try {
      await api.call('dropAgent', { params: { name }, query: { forget: forget ? '1' : '0' } });
      onDropped(name, forget);
      close();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  const waiting = spool?.records ?? 0;
  return (
    <Dialog
      title={
        <>
          {verb} <Log text={name} />?
        </>
      }
      onClose={onClose}
    >
      {(close) => (
        <div className={css['words']}>
          <p>{endOf(agent)}</p>
          {waiting > 0 && keys.length > 0 ? <p>{plural(waiting, 'record')} that wait on its disk stay there.</p> : null}
          <p>
            {forget
              ? 'It leaves this list with its account. The events that it sent stay.'
              : 'What it sent stays, and so does its account. To let it back in, invite it again.'}
          </p>
          <Refused problem={problem} />
          <div className={css['acts']}>
            <button
              className={`${ui['button']} ${ui['lamp']}`}
              type="button"
              disabled={busy}
              onClick={() => void drop(close)}
            >
              {verb}
            </button>
            <button className={ui['button']} type="button" onClick={close}>
              Leave it
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function endOf({ keys, invitation }: AgentStatus): string {
  if (keys.length > 0) return 'Its key ends at once and its connections are cut. Nothing more comes from it.';
  if (invitation !== null) return 'Its invitation ends at once. The token lets nobody in any more.';
  return 'Its key is gone already: it sends nothing any more.';
}
