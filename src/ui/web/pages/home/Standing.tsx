import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Level, SourceStatus } from '#contract';
import { LEVELS_DOWN, type Reason, reasonOf, sourceName, standing, sum, thousands } from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useHouse } from '../../state/house.tsx';
import css from './Home.module.css';

/** How do we stand: the score, what wants mending, what is open. */
export function Standing({ score }: { readonly score: ReactNode }) {
  const { summary, health } = useHouse();
  return (
    <div className={`${ui['sheet']} ${ui['cols']} ${css['standing']}`}>
      {score}
      <Mend sources={health.data?.sources} />
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

function Mend({ sources }: { readonly sources: readonly SourceStatus[] | undefined }) {
  const broken = sources?.filter((source) => standing(source) === 'mend') ?? [];
  const waiting = sources?.filter((source) => source.state === 'waiting' && standing(source) === 'quiet') ?? [];
  return (
    <section aria-labelledby="h-mend">
      <div className={ui['secHead']}>
        <h2 id="h-mend">What is not heard</h2>
        <p className={ui['tab']}>{broken.length === 0 ? '' : broken.length}</p>
      </div>
      {sources !== undefined && broken.length === 0 ? (
        <p className={css['none']}>Nothing wants mending. Every source that is there is followed.</p>
      ) : null}
      <ol className={css['mend']}>
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
