/** What an admin does to agents, and what came of the last of it. */
import { useState } from 'react';
import type { AgentStatus, Problem } from '#contract';
import { api, problemOf } from '../../api.ts';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Agents.module.css';

export interface Doings {
  readonly busy: boolean;
  /** What happened, in words. */
  readonly said: string;
  readonly problem: Problem | undefined;
  readonly rotate: (agent: AgentStatus) => void;
  /** It was done elsewhere; this only says so. */
  readonly dropped: (name: string, forget: boolean) => void;
}

export function useDoings(reload: () => void): Doings {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const rotate = async ({ name }: AgentStatus): Promise<void> => {
    setBusy(true);
    try {
      await api.call('rotateAgent', { params: { name } });
      setProblem(undefined);
      setSaid(`${name} gets a new key with its next batch. The old one holds until then.`);
      reload();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    said,
    problem,
    rotate: (agent) => void rotate(agent),
    dropped(name, forget) {
      setProblem(undefined);
      setSaid(forget ? `${name} is removed. What it sent stays.` : `${name} is revoked. What it sent stays.`);
      reload();
    },
  };
}

export function Said({ doings: { said, problem } }: { readonly doings: Doings }) {
  return (
    <div role="status" className={css['said']}>
      {problem !== undefined ? (
        <div className={ui['notice']}>
          <p>
            <b className={ui['firm']}>{problem.title}.</b> {problem.detail} {problem.next}
          </p>
        </div>
      ) : said === '' ? null : (
        <div className={ui['notice']}>
          <p>
            <Log text={said} />
          </p>
        </div>
      )}
    </div>
  );
}
