import { X } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'wouter';
import type { WireAlert } from '#contract';
import { moment, type Slice, timesWord, valueText } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import { LevelMark } from '../../parts/LevelMark.tsx';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useAlerts } from '../../state/alerts.ts';
import { useNow } from '../../state/browser.ts';
import css from './Home.module.css';

const SHOWN = 9;

/** The newest alerts, whatever became of them, as they come. */
export function AlertFeed({ chosen, onClear }: { readonly chosen: Slice | undefined; readonly onClear: () => void }) {
  const list = useAlerts(chosen === undefined ? {} : { kinds: chosen.kinds }, false);
  const now = useNow(60_000);
  const wanted = list.items?.filter((alert) => chosen?.kinds.includes(alert.kind) ?? true);
  const shown = wanted?.slice(0, SHOWN) ?? [];
  const href = chosen?.kinds.length === 1 ? `/alerts?kind=${encodeURIComponent(chosen.kind)}` : '/alerts';
  return (
    <section aria-labelledby="h-alerts">
      <div className={ui['secHead']}>
        <h2 id="h-alerts">Latest alerts</h2>
        {chosen === undefined ? null : (
          <button className={`${ui['button']} ${ui['bare']}`} type="button" onClick={onClear}>
            <span className={css['only']}>
              Only <bdi>{valueText(chosen.kind)}</bdi>
            </span>
            <Icon of={X} small />
            <span className={ui['sr']}>Show all kinds</span>
          </button>
        )}
      </div>
      {list.problem === undefined || list.items !== undefined ? null : <Trouble problem={list.problem} />}
      {wanted?.length === 0 ? (
        <p className={css['none']}>
          {chosen === undefined
            ? 'No alert yet. They appear here by themselves, the moment a rule matches.'
            : `No alert of this kind is kept.`}
        </p>
      ) : null}
      <ol className={css['alerts']} data-testid="alert-feed">
        {shown.map((alert) => (
          <Row key={alert.id} alert={alert} time={moment(alert.last_seen, now)} />
        ))}
      </ol>
      {shown.length > 0 ? (
        <Link className={`${ui['link']} ${ui['more']}`} href={href}>
          All alerts
        </Link>
      ) : null}
    </section>
  );
}

const Row = memo(function Row({ alert, time }: { readonly alert: WireAlert; readonly time: string }) {
  return (
    <li className={alert.status === 'open' ? undefined : css['done']}>
      <time dateTime={alert.last_seen}>{time}</time>
      <LevelMark level={alert.level} />
      <Link href={`/alerts/${alert.id}`}>
        <Log text={alert.sentence} />
      </Link>
      <span className={css['count']}>{alert.status === 'open' ? timesWord(alert.count) : alert.status}</span>
    </li>
  );
});
