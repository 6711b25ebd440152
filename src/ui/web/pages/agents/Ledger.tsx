import type { AgentStatus } from '#contract';
import { dataSize, lossReason, moment, sourceName, splitReason, thousands } from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { Log } from '../../parts/Log.tsx';
import css from './Account.module.css';

type Source = AgentStatus['sources'][number];

/** On a phone each cell stands below its title. */
const COLUMNS = ['Read', 'Spooled', 'Sent', 'Stored', 'Dropped', 'Still to read'] as const;

/** What came of the records of each source, since the agent's spool was made. */
export function Ledger({
  agent: { sources, totals, lag },
  now,
}: {
  readonly agent: AgentStatus;
  readonly now: number;
}) {
  if (sources.length === 0) return <p className={css['nothing']}>It has sent no account yet.</p>;
  const sum = [totals.read, totals.spooled, totals.sent, totals.stored, totals.dropped];
  return (
    <section>
      <h2>What came of what it read</h2>
      <table className={css['ledger']} role="table" aria-label="Account by source">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              Source
            </th>
            {COLUMNS.map((title) => (
              <th key={title} scope="col" role="columnheader" className={css['count']}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {sources.map((source) => (
            <SourceRow key={source.source} source={source} now={now} />
          ))}
        </tbody>
        {sources.length < 2 ? null : (
          <tfoot role="rowgroup">
            <tr role="row">
              <th scope="row" role="rowheader">
                All sources
              </th>
              <Counts counts={sum} lag={lag} />
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

const STATES: Record<Source['state'], string> = {
  following: '',
  waiting: 'not there yet',
  denied: 'not readable',
  failed: 'failed',
  off: 'off',
};

function SourceRow({ source, now }: { readonly source: Source; readonly now: number }) {
  const { read, spooled, sent, stored, dropped, gaps, lag, state } = source;
  const all = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const { text, command } = splitReason(source.reason);
  const stands = [STATES[state], state === 'following' ? '' : text].filter((part) => part !== '').join('. ');
  const broken = state === 'denied' || state === 'failed';
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <Log text={sourceName({ id: source.source })} />
        {stands === '' ? null : (
          <p className={broken ? css['broken'] : undefined}>
            <Log text={stands} />
          </p>
        )}
        {command === undefined ? null : <Command command={command} />}
        {gaps.map(({ at, reason }) => (
          <p key={`${at} ${reason}`} className={css['broken']}>
            Could not be read at <time dateTime={at}>{moment(at, now)}</time>: <Log text={lossReason(reason)} />
          </p>
        ))}
        {Object.entries(dropped).map(([reason, count]) => (
          <p key={reason}>
            {thousands(count)} <Log text={lossReason(reason)} />
          </p>
        ))}
      </th>
      <Counts counts={[read, spooled, sent, stored, all]} lag={lag} />
    </tr>
  );
}

function Counts({ counts, lag }: { readonly counts: readonly number[]; readonly lag: number }) {
  const cells = [...counts.map(thousands), dataSize(lag)];
  const none = [...counts, lag].map((count) => count === 0);
  return cells.map((text, at) => (
    <td key={COLUMNS[at]} role="cell" className={`${css['count']} ${none[at] === true ? css['zero'] : ''}`}>
      <span aria-hidden="true">{COLUMNS[at]}</span>
      {text}
    </td>
  ));
}
