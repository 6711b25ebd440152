import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Level } from '#contract';
import {
  backupWords,
  DAMAGE_COMMAND,
  DAMAGE_TITLE,
  damageWords,
  LEVELS_DOWN,
  type Reason,
  reasonOf,
  sourceName,
  standing,
  sum,
  thousands,
} from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { type Health, useHouse } from '../../state/house.tsx';
import css from './Home.module.css';

/** How do we stand: the score, what wants mending, what is open. */
export function Standing({ score }: { readonly score: ReactNode }) {
  const { summary, health } = useHouse();
  return (
    <div className={`${ui['sheet']} ${ui['cols']} ${css['standing']}`}>
      {score}
      <Mend health={health.data} />
      <OpenAlerts levels={summary.data?.levels} />
    </div>
  );
}

function OpenAlerts({ levels }: { readonly levels: Readonly<Record<Level, number>> | undefined }) {
  const total = levels === undefined ? undefined : sum(LEVELS_DOWN.map((level) => ({ count: levels[level] })));
  const worst = LEVELS_DOWN.find((level) => (levels?.[level] ?? 0) > 0);
  return (
    <section aria-labelledby="h-open">
      <div className={ui['secHead']}>
        <h2 id="h-open">Open alerts</h2>
        <p className={ui['tab']}>{total === undefined ? '' : thousands(total)}</p>
      </div>
      <ul className={css['levels']}>
        {LEVELS_DOWN.map((level) => {
          const count = levels?.[level] ?? 0;
          return (
            <li key={level}>
              <Link
                href={`/alerts?level=${level}`}
                className={level === worst ? css['top'] : count === 0 ? css['zero'] : undefined}
              >
                <LevelMark level={level} />
                <span>{levels === undefined ? '' : thousands(count)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Mend({ health }: { readonly health: Health | undefined }) {
  const { sources, damage, backup } = health ?? {};
  const broken = sources?.filter((source) => standing(source) === 'mend') ?? [];
  const waiting = sources?.filter((source) => source.state === 'waiting' && standing(source) === 'quiet') ?? [];
  const count = broken.length + (damage === undefined ? 0 : 1);
  const old = backupWords(backup);
  return (
    <section aria-labelledby="h-mend">
      <div className={ui['secHead']}>
        <h2 id="h-mend">{damage === undefined ? 'What is not heard' : 'What wants mending'}</h2>
        <p className={ui['tab']}>{count === 0 ? '' : count}</p>
      </div>
      {sources !== undefined && count === 0 ? (
        <p className={css['none']}>Nothing wants mending. Every source that is there is followed.</p>
      ) : null}
      <ol className={css['mend']}>
        {damage === undefined ? null : (
          <li data-testid="damage">
            <p className={ui['firm']}>{DAMAGE_TITLE}</p>
            <Why reason={{ text: damageWords(damage), command: DAMAGE_COMMAND }} />
          </li>
        )}
        {broken.map((source) => (
          <li key={source.id}>
            <p className={ui['firm']}>
              <Log text={sourceName(source)} />
            </p>
            <Why reason={reasonOf(source)} />
          </li>
        ))}
      </ol>
      {waiting.length === 0 ? null : (
        <p className={css['note']}>
          Not there yet, followed as soon as they appear: <Log text={waiting.map(sourceName).join(', ')} />
        </p>
      )}
      {old === '' ? null : (
        <p className={css['note']}>
          {old} <code>porchlight backup FOLDER</code> makes another.
        </p>
      )}
    </section>
  );
}

function Why({ reason }: { readonly reason: Reason }) {
  return (
    <>
      <p className={css['why']}>
        <Log text={reason.text} />
      </p>
      {reason.command === undefined ? null : <Command command={reason.command} />}
    </>
  );
}
