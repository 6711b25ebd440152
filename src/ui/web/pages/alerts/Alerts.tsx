import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';
import type { AlertStatus, Level, WireAlert } from '#contract';
import { groupAlerts, LEVELS_DOWN, needsSentence, restSentence } from '#ui/model';
import { problemOf } from '../../api.ts';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useAddress } from '../../state/address.ts';
import { useAlerts } from '../../state/alerts.ts';
import { NARROW, useKeys, useMedia } from '../../state/browser.ts';
import { useHouse, usePageTitle } from '../../state/house.tsx';
import css from './Alerts.module.css';
import { AlertList } from './AlertList.tsx';
import { Filters } from './Filters.tsx';
import { Panel } from './Panel.tsx';
import { UndoLine } from './UndoLine.tsx';
import { changeStatus } from './changeStatus.ts';

const STATUSES: readonly AlertStatus[] = ['open', 'acknowledged', 'closed'];

/** What just happened to an alert, so that it can be taken back. */
export interface Done {
  readonly alert: WireAlert;
  readonly before: AlertStatus;
}

export function Alerts() {
  const { summary } = useHouse();
  const id = useParams<{ id?: string }>().id;
  const [, go] = useLocation();
  const search = useSearch();
  const [params, change] = useAddress();
  const narrow = useMedia(NARROW);
  const status = STATUSES.find((known) => known === params.get('status')) ?? 'open';
  const level = LEVELS_DOWN.find((known) => known === params.get('level'));
  const kind = params.get('kind') ?? undefined;
  const q = params.get('q') ?? '';
  const searching = useDeferredValue(q);
  const list = useAlerts(
    { status, level, kinds: kind === undefined ? undefined : [kind], q: searching },
    status === 'open',
  );
  const groups = useMemo(() => groupAlerts(list.items ?? []), [list.items]);
  const order = useMemo(() => groups.flatMap((group) => group.alerts), [groups]);
  const { act, done, problem, busy } = useActions(list.apply);
  const box = useRef<HTMLInputElement>(null);

  usePageTitle('Alerts');
  const show = (to: string | undefined): void =>
    go(`/alerts${to === undefined ? '' : `/${to}`}${search === '' ? '' : `?${search}`}`);
  const step = (by: 1 | -1): void => {
    const at = order.findIndex((alert) => alert.id === id);
    const next = order[at === -1 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))];
    if (next !== undefined) show(next.id);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    '/': () => box.current?.focus(),
    Escape: id === undefined ? undefined : () => show(undefined),
  });

  const alone = narrow && id !== undefined;
  return (
    <>
      {alone ? null : <Head levels={summary.data?.levels} />}
      <div className={`${ui['sheet']} ${id === undefined ? css['whole'] : css['inbox']}`}>
        {alone ? null : (
          <div className={css['list']}>
            <Filters box={box} status={status} level={level} kind={kind} q={q} change={change} />
            <UndoLine done={done} problem={problem} busy={busy} onUndo={(last) => act(last.alert, last.before)} />
            {list.problem === undefined ? null : <Trouble problem={list.problem} />}
            <AlertList groups={groups} selected={id} search={search} more={list.more} />
            {list.items !== undefined && order.length === 0 ? (
              <Empty
                status={status}
                filtered={level !== undefined || kind !== undefined || q !== ''}
                onWiden={() => change({ level: '', kind: '', q: '' })}
              />
            ) : null}
            {order.length > 0 ? <Keys /> : null}
          </div>
        )}
        {id === undefined ? null : (
          <Panel
            key={id}
            id={id}
            known={order.find((alert) => alert.id === id)}
            changed={done?.alert.id === id ? done?.alert : undefined}
            busy={busy}
            act={act}
            notice={
              alone ? (
                <UndoLine done={done} problem={problem} busy={busy} onUndo={(last) => act(last.alert, last.before)} />
              ) : null
            }
            onClose={() => show(undefined)}
          />
        )}
      </div>
    </>
  );
}

/** Changes an alert's state and remembers how to take it back. */
function useActions(apply: (alert: WireAlert) => void) {
  const { summary } = useHouse();
  const [done, setDone] = useState<Done>();
  const [problem, setProblem] = useState<ReturnType<typeof problemOf>>();
  const [busy, setBusy] = useState(false);
  const change = async (alert: WireAlert, status: AlertStatus): Promise<void> => {
    setBusy(true);
    try {
      const changed = await changeStatus(alert.id, status);
      apply(changed);
      setProblem(undefined);
      setDone({ alert: changed, before: alert.status });
      summary.reload();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const act = (alert: WireAlert, status: AlertStatus): void => {
    if (!busy && alert.status !== status) void change(alert, status);
  };
  return { act, done, problem, busy };
}

function Head({ levels }: { readonly levels: Readonly<Record<Level, number>> | undefined }) {
  return (
    <header className={ui['head']}>
      <div>
        <h1>{levels === undefined ? 'Alerts' : needsSentence(levels)}</h1>
        {levels === undefined ? null : (
          <p>
            {restSentence(levels, needsSentence(levels) === 'Nothing needs you' ? 'none' : 'urgent') ||
              'Everything else is quiet.'}
          </p>
        )}
      </div>
    </header>
  );
}

function Empty({
  status,
  filtered,
  onWiden,
}: {
  readonly status: AlertStatus;
  readonly filtered: boolean;
  readonly onWiden: () => void;
}) {
  const words = {
    open: 'No alert is open.',
    acknowledged: 'No alert is acknowledged.',
    closed: 'No alert was closed yet.',
  };
  return (
    <div className={ui['empty']}>
      <p>{filtered ? `No ${status} alert fits these filters.` : words[status]}</p>
      {filtered ? (
        <button className={ui['button']} type="button" onClick={onWiden}>
          Show all {status} alerts
        </button>
      ) : status === 'open' ? (
        <p className={ui['faint']}>New ones appear here by themselves, the moment a rule matches.</p>
      ) : null}
    </div>
  );
}

function Keys() {
  return (
    <p className={css['keys']}>
      <span>
        <kbd>j</kbd> <kbd>k</kbd> move
      </span>
      <span>
        <kbd>a</kbd> acknowledge
      </span>
      <span>
        <kbd>c</kbd> close
      </span>
      <span>
        <kbd>?</kbd> all keys
      </span>
    </p>
  );
}
