import type { Problem } from '#contract';
import css from './ui.module.css';

/** What went wrong and what to do about it, in the server's words. */
export function Trouble({ problem }: { readonly problem: Problem }) {
  return (
    <div className={css['empty']} role="alert">
      <p className={css['firm']}>{problem.title}.</p>
      {problem.detail === '' ? null : <p>{problem.detail}</p>}
      {problem.next === '' ? null : <p>{problem.next}</p>}
    </div>
  );
}
