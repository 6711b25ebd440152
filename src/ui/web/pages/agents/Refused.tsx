import type { Problem } from '#contract';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Dialogs.module.css';

/** Why it was not done, in the server's words. */
export function Refused({ problem }: { readonly problem: Problem | undefined }) {
  return (
    <div role="alert">
      {problem === undefined ? null : (
        <p className={css['refused']}>
          <b className={ui['firm']}>{problem.title}.</b> <Log text={problem.detail} /> {problem.next}
        </p>
      )}
    </div>
  );
}
