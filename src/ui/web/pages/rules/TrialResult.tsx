import { Link } from 'wouter';
import type { BacktestBegun, BacktestDone, BacktestFound, Problem } from '#contract';
import {
  aroundEvent,
  capital,
  DAY,
  eventId,
  eventLine,
  eventTime,
  moment,
  plural,
  thousands,
  trialPart,
  trialProgress,
  trialScope,
  trialSentence,
  trialTold,
} from '#ui/model';
import { Bars } from '../../parts/Bars.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import type { Trying } from '../../state/backtest.ts';
import css from './Trial.module.css';

/** Of its titles, by what stands above it. */
type Heading = 'h2' | 'h3';

/** How far it is, what it found, and why it could not. */
export function TrialResult({ trial, heading }: { readonly trial: Trying; readonly heading: Heading }) {
  const { state, begun, found, done, problem } = trial;
  return (
    <div className={css['result']} data-testid="trial">
      <div role="status" className={css['state']}>
        {state === 'running' ? <Progress begun={begun} found={found} onCancel={trial.cancel} /> : null}
        {state === 'cancelled' ? (
          <p>Cancelled{found === undefined ? '.' : ': this is what was found so far.'}</p>
        ) : null}
        {done?.stopped === 'time' ? (
          <p>It took too long. This is what was found so far; choose a shorter time.</p>
        ) : null}
      </div>
      {problem === undefined ? null : <Refusal problem={problem} />}
      {begun === undefined || found === undefined ? null : (
        <Found begun={begun} found={found} ended={state !== 'running'} heading={heading} />
      )}
      {begun === undefined || done === undefined ? null : <Told begun={begun} done={done} heading={heading} />}
    </div>
  );
}

interface ProgressProps {
  readonly begun: BacktestBegun | undefined;
  readonly found: BacktestFound | undefined;
  readonly onCancel: () => void;
}

function Progress({ begun, found, onCancel }: ProgressProps) {
  const events = found?.events ?? 0;
  return (
    <div className={css['progress']}>
      <progress aria-label="How far it is" {...(begun === undefined ? {} : { value: trialPart(begun, events) })} />
      <p className={ui['tab']}>{begun === undefined ? 'Reading the rules' : trialProgress(begun, events)}</p>
      <button className={ui['button']} type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function Refusal({ problem }: { readonly problem: Problem }) {
  return (
    <div className={css['refusal']} role="alert">
      <p className={ui['firm']}>{problem.title}.</p>
      {problem.detail === '' ? null : (
        <p>
          <Log text={problem.detail} />
        </p>
      )}
      {problem.next === '' ? null : <p>{problem.next}</p>}
    </div>
  );
}

interface FoundProps {
  readonly begun: BacktestBegun;
  readonly found: BacktestFound;
  readonly ended: boolean;
  readonly heading: Heading;
}

function Found({ begun, found, ended, heading: Title }: FoundProps) {
  const { days, hits } = found;
  const first = days[0]?.day;
  const last = days.at(-1)?.day;
  const most = Math.max(0, ...days.map((each) => each.hits));
  const notes = [...begun.rules.map(({ reason }) => reason), ...begun.remarks.map(({ reason }) => reason)];
  return (
    <>
      {ended || hits > 0 ? <Title>{trialSentence(found)}</Title> : null}
      {ended && found.events > 0 ? <p>{trialScope(found)}.</p> : null}
      {notes
        .filter((note) => note !== '')
        .map((note) => (
          <p key={note}>
            <Log text={`${capital(note)}.`} />
          </p>
        ))}
      {hits === 0 || first === undefined || last === undefined ? null : (
        <div>
          <Bars
            counts={days.map((each) => each.hits)}
            from={Date.parse(`${first}T00:00`)}
            to={Date.parse(`${last}T00:00`) + DAY}
            height={72}
            label={`${plural(hits, 'hit')} by day, at most ${thousands(most)} in one`}
          />
        </div>
      )}
    </>
  );
}

interface ToldProps {
  readonly begun: BacktestBegun;
  readonly done: BacktestDone;
  readonly heading: Heading;
}

function Told({ begun, done, heading: Title }: ToldProps) {
  const now = useNow(60_000);
  const { samples, hits, alerts, alert_count: opened } = done;
  if (hits === 0) return null;
  return (
    <>
      <section>
        <Title>{samples.length < hits ? `The newest ${plural(samples.length, 'event')}` : 'The events'}</Title>
        <ol className={css['lines']}>
          {samples.toReversed().map((event) => (
            <li key={eventId(event)}>
              <Link className={ui['link']} href={aroundEvent(event)}>
                <time dateTime={eventTime(event)}>{moment(eventTime(event), now)}</time>
              </Link>
              <Log text={eventLine(event)} />
            </li>
          ))}
        </ol>
      </section>
      <section>
        <Title>What you would have heard</Title>
        <p>{trialTold(done, begun)}</p>
        <ol className={css['alerts']}>
          {alerts.map((alert, at) => (
            <li key={at}>
              <LevelMark level={alert.level} />
              <time className={ui['tab']} dateTime={alert.first_seen}>
                {moment(alert.first_seen, now)}
              </time>
              <span>
                <Log text={alert.sentence} />
              </span>
            </li>
          ))}
        </ol>
        {opened > alerts.length ? <p className={ui['faint']}>And {thousands(opened - alerts.length)} more.</p> : null}
      </section>
    </>
  );
}
