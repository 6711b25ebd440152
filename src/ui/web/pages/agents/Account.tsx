import { Link } from 'wouter';
import type { AgentStatus } from '#contract';
import { agentStanding, dataSize, lossReason, moment, plural, thousands, tokenWords, withTerm } from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Account.module.css';
import type { Does } from './AgentTable.tsx';
import { Ledger } from './Ledger.tsx';

interface Props {
  readonly agent: AgentStatus;
  readonly now: number;
  readonly does: Does;
}

/** Everything that is known of one agent: what came of each source's records, what never came, and what can be done. */
export function Account({ agent, now, does }: Props) {
  return (
    <div className={css['account']}>
      <div className={css['main']}>
        <Ledger agent={agent} now={now} />
        <Missing agent={agent} now={now} />
      </div>
      <aside className={css['side']} aria-label="About it">
        <Facts agent={agent} now={now} />
        <Actions agent={agent} does={does} />
      </aside>
    </div>
  );
}

const SHOWN = 20;

/** Records that had a number and never came. */
function Missing({ agent: { gaps, totals }, now }: Omit<Props, 'does'>) {
  if (gaps.length === 0) return null;
  const newest = gaps.slice(-SHOWN).toReversed();
  const shown = newest.reduce((sum, { from, to }) => sum + to - from, 0);
  return (
    <section>
      <h2>{plural(totals.lost, 'record')} had a number and never came</h2>
      <table className={css['gaps']} role="table" aria-label="Numbers that never came">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              Numbers
            </th>
            <th scope="col" role="columnheader" className={css['count']}>
              Records
            </th>
            <th scope="col" role="columnheader">
              Why
            </th>
            <th scope="col" role="columnheader">
              Noticed
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {newest.map(({ from, to, reason, at }) => (
            <tr role="row" key={`${at} ${from}`}>
              <td role="cell">
                {thousands(from)}
                {to - from > 1 ? ` to ${thousands(to - 1)}` : ''}
              </td>
              <td role="cell" className={css['count']}>
                {thousands(to - from)}
              </td>
              <td role="cell">
                <Log text={lossReason(reason)} />
              </td>
              <td role="cell">
                <time dateTime={at}>{moment(at, now)}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown < totals.lost ? (
        <p className={css['note']}>{plural(totals.lost - shown, 'record')} before these.</p>
      ) : null}
    </section>
  );
}

function Facts({ agent, now }: Omit<Props, 'does'>) {
  const { name, host, platform, version, added, spool, keys, rotating, always_on: on } = agent;
  const token = tokenWords(agent, now);
  const rows: readonly (readonly [string, string])[] = [
    ['Machine', [host ?? '', platform ?? ''].filter((part) => part !== '').join(', ')],
    ['Agent', version ?? ''],
    ['Sleeps', on ? '' : 'yes, its silence is no alert'],
    ['Added', moment(added, now)],
    ...(spool === null ? [] : spoolFacts(spool, now)),
    ...keys.map(({ created, last_used: used }, at): [string, string] => [
      keys.length === 1 ? 'Key' : `Key ${at + 1}`,
      `made ${moment(created, now)}, ${used === null ? 'not used yet' : `last used ${moment(used, now)}`}`,
    ]),
    ['New key', rotating ? 'with its next batch' : ''],
    ['Invitation', token],
  ];
  return (
    <>
      <dl className={css['facts']}>
        {rows
          .filter(([, value]) => value !== '')
          .map(([title, value]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                <Log text={value} />
              </dd>
            </div>
          ))}
      </dl>
      {agentStanding(agent) === 'invited' && agent.last_seen === null ? null : (
        <p className={css['links']}>
          <Link
            className={ui['link']}
            href={`/events?${new URLSearchParams({ q: withTerm('', 'agent.id', name, false) }).toString()}`}
          >
            Its events
          </Link>
          <Link className={ui['link']} href={`/?${new URLSearchParams({ host: name }).toString()}`}>
            Its health
          </Link>
        </p>
      )}
    </>
  );
}

function spoolFacts(spool: NonNullable<AgentStatus['spool']>, now: number): [string, string][] {
  const waits = `${plural(spool.records, 'record')} on its disk, ${dataSize(spool.bytes)}`;
  const since = spool.oldest === null ? '' : `, since ${moment(spool.oldest, now)}`;
  return [
    ['Waiting', spool.records === 0 ? '' : `${waits}${since}`],
    ['Damaged there', spool.quarantined === 0 ? '' : `${plural(spool.quarantined, 'place')}, set aside`],
    ['Refused here', spool.parked === 0 ? '' : `${plural(spool.parked, 'batch', 'batches')}, kept on its disk`],
  ];
}

function Actions({ agent, does }: Omit<Props, 'now'>) {
  const enrolled = agent.keys.length > 0;
  const button = (title: string, act: () => void, disabled = false) => (
    <button className={ui['button']} type="button" disabled={does.busy || disabled} onClick={act}>
      {title}
    </button>
  );
  return (
    <div className={css['acts']}>
      {enrolled
        ? button(agent.rotating ? 'New key asked for' : 'Ask for a new key', () => does.rotate(agent), agent.rotating)
        : null}
      {button('Invite again', () => does.invite(agent))}
      {enrolled || agent.invitation !== null ? button('Revoke', () => does.drop(agent, false)) : null}
      {button('Remove', () => does.drop(agent, true))}
    </div>
  );
}
