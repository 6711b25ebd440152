import { useState } from 'react';
import { Link } from 'wouter';
import { needsYou, restSentence, type Slice, slices, thousands, timespan, timesWord } from '#ui/model';
import { Doughnut } from '../../parts/Doughnut.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useAddress } from '../../state/address.ts';
import { useNow } from '../../state/browser.ts';
import { type Summary, useHouse, usePageTitle } from '../../state/house.tsx';
import { useScore } from '../../state/monitor.ts';
import { AlertFeed } from './AlertFeed.tsx';
import { Charts } from './charts/Charts.tsx';
import css from './Home.module.css';
import { Hosts } from './Hosts.tsx';
import { Intake } from './Intake.tsx';
import { Machine } from './Machine.tsx';
import { Now } from './Now.tsx';
import { Score } from './Score.tsx';
import { Sources } from './Sources.tsx';
import { Standing } from './Standing.tsx';

/** How do we stand, what happened, what is happening: three sheets under one sentence. */
export function Home() {
  const { summary } = useHouse();
  const [address, change] = useAddress();
  const [chosen, setChosen] = useState<Slice>();
  const host = address.get('host') ?? undefined;
  const score = useScore(host);
  const setHost = (name: string): void => change({ host: name });
  usePageTitle('Home');
  return (
    <>
      <Head summary={summary.data} failed={summary.problem !== undefined} />
      <Standing score={<Score host={host} onHost={setHost} score={score.data} problem={score.problem} />} />
      <div className={`${ui['sheet']} ${ui['cols']} ${css['day']}`}>
        <Kinds chosen={chosen} onChoose={setChosen} />
        <Charts host={host} />
      </div>
      <div className={`${ui['sheet']} ${ui['cols']} ${css['now']}`}>
        <div className={css['stack']}>
          <AlertFeed chosen={chosen} onClear={() => setChosen(undefined)} />
          <Now />
        </div>
        <div className={css['stack']}>
          {score.data === undefined ? null : <Machine score={score.data} />}
          <Intake />
          <Sources />
          <Hosts />
        </div>
      </div>
    </>
  );
}

function Head({ summary, failed }: { readonly summary: Summary | undefined; readonly failed: boolean }) {
  const now = useNow(60_000);
  if (failed)
    return (
      <Plain
        title="Porchlight does not answer"
        text="What you see is from before. It is asked again every five seconds."
      />
    );
  if (summary === undefined) return <Plain title="One moment" text="Asking how the house stands." />;
  const { worst } = summary;
  if (worst === null || !needsYou(worst.level)) {
    return (
      <Plain title="All quiet. Nothing needs you." text={restSentence(summary.levels, 'none') || 'No alert is open.'} />
    );
  }
  const when = timespan(worst.first_seen, worst.last_seen, now);
  return (
    <header className={ui['head']}>
      <div>
        <p className={ui['eye']}>
          <LevelMark level={worst.level} />
          <span>
            <Log text={worst.title} />
          </span>
          <span className={ui['tab']}>{worst.count > 1 ? `${timesWord(worst.count)}, ${when}` : when}</span>
        </p>
        <h1>
          <Log text={worst.sentence} />
        </h1>
        <p>{restSentence(summary.levels, 'worst')}</p>
      </div>
      <Link className={`${ui['button']} ${ui['lamp']}`} href={`/alerts/${worst.id}`}>
        Open alert
      </Link>
    </header>
  );
}

function Plain({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <header className={ui['head']}>
      <div>
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
    </header>
  );
}

interface KindsProps {
  readonly chosen: Slice | undefined;
  readonly onChoose: (slice: Slice | undefined) => void;
}

/** What happened, by kind; a kind that is pressed filters the list of alerts further down. */
function Kinds({ chosen, onChoose }: KindsProps) {
  const { summary } = useHouse();
  const parts = slices(summary.data?.kinds ?? []);
  const folded = summary.data?.folded ?? 0;
  return (
    <section aria-labelledby="h-kind" className={css['kinds']}>
      <div className={ui['secHead']}>
        <h2 id="h-kind">Alerts in 24 hours, by kind</h2>
      </div>
      {parts.length > 0 ? (
        <Doughnut slices={parts} chosen={chosen?.kind} onChoose={onChoose} />
      ) : (
        <p className={css['none']}>{summary.data === undefined ? '' : 'No alert in the last 24 hours.'}</p>
      )}
      <p className={css['note']}>
        {folded > 0 ? `Folded from ${thousands(folded)} ${folded === 1 ? 'match' : 'matches'}. ` : ''}
        {chosen === undefined ? null : (
          <a className={ui['link']} href="#h-alerts">
            Only these are listed below.
          </a>
        )}
      </p>
    </section>
  );
}
