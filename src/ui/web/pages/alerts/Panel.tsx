import { ArrowLeft, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { AlertStatus, WireAlert } from '#contract';
import { clock, duration, moment, thousands, timespan } from '#ui/model';
import { api } from '../../api.ts';
import { useLiveBatch } from '../../live/react.ts';
import { Command } from '../../parts/Command.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { NARROW, useKeys, useMedia, useNow } from '../../state/browser.ts';
import { usePaced } from '../../state/house.tsx';
import { useResource } from '../../state/resource.ts';
import { EvidenceLines } from './EvidenceLines.tsx';
import { Facts } from './Facts.tsx';
import css from './Panel.module.css';
import { Section } from './Section.tsx';

interface Props {
  readonly id: string;
  /** The alert as the list has it: shown until the whole one is here. */
  readonly known: WireAlert | undefined;
  /** What the server answered to the last action, if it was about this alert. */
  readonly changed: WireAlert | undefined;
  readonly busy: boolean;
  readonly act: (alert: WireAlert, status: AlertStatus) => void;
  readonly notice: ReactNode;
  readonly onClose: () => void;
}

/** An alert that folds on is fetched again at most this often. */
const PACE = 1000;

/** One alert: state, sentence, actions, what to do, evidence, about, history. A panel beside the list, a page on a phone. */
export function Panel({ id, known, changed, busy, act, notice, onClose }: Props) {
  const narrow = useMedia(NARROW);
  const article = useRef<HTMLElement>(null);
  const whole = useResource<WireAlert>(/^\d{1,15}$/.test(id) ? id : undefined, (signal) =>
    api.call('getAlert', { params: { id }, signal }),
  );
  const renew = usePaced(whole.reload, PACE);
  useLiveBatch((batch) => {
    if (batch.resync || batch.alerts.some((alert) => alert.id === id)) renew();
  });
  useEffect(() => {
    if (narrow) window.scrollTo(0, 0);
    article.current?.focus({ preventScroll: true });
  }, [narrow]);
  const { set } = whole;
  useEffect(() => {
    if (changed !== undefined) set(() => changed);
  }, [changed, set]);
  const alert = whole.data ?? known;
  const now = useNow(30_000);
  useKeys({
    a: alert?.status === 'open' ? () => act(alert, 'acknowledged') : undefined,
    c: alert !== undefined && alert.status !== 'closed' ? () => act(alert, 'closed') : undefined,
    o: alert !== undefined && alert.status !== 'open' ? () => act(alert, 'open') : undefined,
  });
  const Title = narrow ? 'h1' : 'h2';
  return (
    <article className={css['panel']} ref={article} tabIndex={-1} aria-labelledby="alert-title">
      {narrow ? (
        <button className={`${ui['button']} ${ui['bare']} ${css['back']}`} type="button" onClick={onClose}>
          <Icon of={ArrowLeft} small />
          Alerts
        </button>
      ) : null}
      {notice}
      {alert === undefined ? (
        <>
          <Title id="alert-title" className={css['title']}>
            {whole.problem === undefined && /^\d+$/.test(id) ? 'One moment' : 'There is no such alert'}
          </Title>
          {whole.problem === undefined ? null : <Trouble problem={whole.problem} />}
        </>
      ) : (
        <>
          <div className={css['state']}>
            <LevelMark level={alert.level} />
            <span>{stateWords(alert, now)}</span>
            {narrow ? null : (
              <button
                className={`${ui['button']} ${ui['bare']}`}
                type="button"
                aria-label="Close this panel"
                onClick={onClose}
              >
                <Icon of={X} small />
              </button>
            )}
          </div>
          <Title id="alert-title" className={css['title']}>
            <Log text={alert.sentence} />
          </Title>
          <p className={css['lede']}>
            <Lede alert={alert} now={now} />
          </p>
          <Actions alert={alert} busy={busy} act={act} />
          <Steps alert={alert} />
          <EvidenceLines alert={alert} now={now} />
          <Facts alert={alert} />
          <History alert={alert} now={now} />
        </>
      )}
    </article>
  );
}

function stateWords(alert: WireAlert, now: number): string {
  const last = alert.history.at(-1);
  const since = duration(now - Date.parse(last === undefined ? alert.first_seen : last.at));
  const words: Record<AlertStatus, string> = {
    open: `Open for ${since}`,
    acknowledged: `Acknowledged ${since} ago`,
    closed: `Closed ${since} ago`,
  };
  return words[alert.status];
}

/** How often and when, in a sentence. */
function Lede({ alert, now }: { readonly alert: WireAlert; readonly now: number }) {
  return (
    <>
      <Log text={alert.title} />,{' '}
      {alert.count === 1 ? (
        'once, '
      ) : (
        <>
          <b>{thousands(alert.count)}</b> times,{' '}
        </>
      )}
      <b>{timespan(alert.first_seen, alert.last_seen, now)}</b>.
    </>
  );
}

function Actions({ alert, busy, act }: Pick<Props, 'busy' | 'act'> & { readonly alert: WireAlert }) {
  const button = (to: AlertStatus, name: string, key: string, lamp: boolean) => (
    <button
      className={`${ui['button']} ${lamp ? ui['lamp'] : ''}`}
      type="button"
      disabled={busy}
      onClick={() => act(alert, to)}
    >
      {name} <kbd>{key}</kbd>
    </button>
  );
  return (
    <div className={css['acts']}>
      {alert.status === 'open' ? button('acknowledged', 'Acknowledge', 'a', true) : null}
      {alert.status === 'closed' ? null : button('closed', 'Close', 'c', false)}
      {alert.status === 'open' ? null : button('open', 'Open again', 'o', false)}
    </div>
  );
}

function Steps({ alert }: { readonly alert: WireAlert }) {
  if (alert.steps.length === 0) return null;
  return (
    <Section title="What to do">
      <ol className={css['steps']}>
        {alert.steps.map((step, at) => (
          <li key={at}>
            <span>
              <Log text={step.text} />
            </span>
            {step.command === undefined ? null : (
              <div>
                <Command command={step.command} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

const HAPPENED = { opened: 'Opened', open: 'Opened again', acknowledged: 'Acknowledged', closed: 'Closed' } as const;

function History({ alert, now }: { readonly alert: WireAlert; readonly now: number }) {
  if (alert.history.length === 0) return null;
  return (
    <Section title="History">
      <ul className={css['history']}>
        {alert.history.map((entry, at) => (
          <li key={at}>
            <time dateTime={entry.at} title={clock(entry.at)}>
              {moment(entry.at, now)}
            </time>
            <span>
              {HAPPENED[entry.action]}
              {entry.by === '' ? null : (
                <>
                  {' by '}
                  <Log text={entry.by} />
                </>
              )}
              {entry.note === '' ? null : (
                <>
                  {': '}
                  <Log text={entry.note} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
