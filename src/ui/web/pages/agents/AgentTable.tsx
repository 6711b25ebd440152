import { ArrowRight, ChevronDown } from 'lucide-react';
import type { AgentStatus } from '#contract';
import {
  agentStanding,
  clock,
  clockWords,
  DAY,
  dataSize,
  lossOf,
  lossWords,
  moment,
  plural,
  spoolPart,
  standingReason,
  thousands,
  valueText,
} from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import { Account } from './Account.tsx';
import { AgentMark } from './AgentMark.tsx';
import css from './Agents.module.css';

/** What can be done to an agent. */
export interface Does {
  readonly busy: boolean;
  readonly rotate: (agent: AgentStatus) => void;
  readonly invite: (agent: AgentStatus) => void;
  readonly drop: (agent: AgentStatus, forget: boolean) => void;
}

interface Props {
  readonly agents: readonly AgentStatus[];
  /** Name of the one whose account is open; '' for none. */
  readonly opened: string;
  readonly onOpen: (name: string) => void;
  readonly does: Does;
}

const COLUMNS = [
  ['Machine', 'name'],
  ['State', 'state'],
  ['Last heard', 'heard'],
  ['Still to read', 'lag'],
  ['Waits on its disk', 'spool'],
  ['Read and stored here', 'figure'],
  ['Version', 'version'],
] as const;

/** Each agent is a <tbody>, so an open one brings its account along. Roles are spelled out: on a phone the rows are no table rows to the browser. */
export function AgentTable({ agents, opened, onOpen, does }: Props) {
  const now = useNow(10_000);
  return (
    <table className={css['agents']} role="table" aria-label="Agents" data-testid="agent-table">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map(([title, name]) => (
            <th key={name} scope="col" role="columnheader" className={css[name]}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      {agents.map((agent) => (
        <tbody key={agent.name} role="rowgroup" data-agent={valueText(agent.name)}>
          <Row agent={agent} now={now} open={agent.name === opened} onOpen={() => onOpen(agent.name)} />
          {agent.name === opened ? (
            <tr role="row" className={css['account']}>
              <td role="cell" colSpan={COLUMNS.length}>
                <Account agent={agent} now={now} does={does} />
              </td>
            </tr>
          ) : null}
        </tbody>
      ))}
    </table>
  );
}

interface RowProps {
  readonly agent: AgentStatus;
  readonly now: number;
  readonly open: boolean;
  readonly onOpen: () => void;
}

function Row({ agent, now, open, onOpen }: RowProps) {
  const { name, host, platform, version, spool } = agent;
  const waits = spool !== null && spool.records > 0;
  return (
    <tr role="row" className={open ? css['on'] : undefined} onClick={onOpen}>
      <td role="cell" className={css['name']}>
        <b>
          <Log text={name} />
        </b>
        <Under text={host === name ? '' : (host ?? '')} />
      </td>
      <td role="cell" className={css['state']}>
        <AgentMark stand={agentStanding(agent)} />
        <Under text={standingReason(agent, now)} />
      </td>
      <td role="cell" className={css['heard']}>
        <Heard at={agent.last_seen} now={now} />
        <Under text={clockWords(agent)} />
      </td>
      <td role="cell" className={css['lag']}>
        {spool === null ? null : agent.lag === 0 ? <Nothing /> : dataSize(agent.lag)}
      </td>
      <td role="cell" className={`${css['spool']} ${waits ? '' : css['nothing']}`}>
        {waits ? <Spool spool={spool} part={spoolPart(agent)} /> : spool === null ? null : <Nothing />}
      </td>
      <td role="cell" className={css['figure']}>
        <Figure agent={agent} open={open} onOpen={onOpen} />
      </td>
      <td role="cell" className={css['version']}>
        <Log text={version ?? ''} />
        <Under text={platform ?? ''} />
      </td>
    </tr>
  );
}

const Nothing = () => <span className={ui['faint']}>nothing</span>;

/** A second, smaller line in a cell. */
function Under({ text }: { readonly text: string }) {
  if (text === '') return null;
  return (
    <p>
      <Log text={text} />
    </p>
  );
}

function Heard({ at, now }: { readonly at: string | null; readonly now: number }) {
  if (at === null) return <span className={ui['faint']}>never</span>;
  return <time dateTime={at}>{now - Date.parse(at) < DAY / 2 ? clock(at) : moment(at, now)}</time>;
}

const NEARLY_FULL = 0.8;

interface SpoolProps {
  readonly spool: NonNullable<AgentStatus['spool']>;
  /** How full it is; undefined: not known. */
  readonly part: number | undefined;
}

function Spool({ spool: { records, bytes, limit }, part }: SpoolProps) {
  const most = limit === undefined ? '' : ` of ${dataSize(limit)}`;
  const full = part === undefined || part < 0.01 ? '' : `, ${Math.floor(part * 100)} % full`;
  return (
    <>
      {plural(records, 'record')}
      <Under text={`${dataSize(bytes)}${most}${full}`} />
      {part === undefined ? null : (
        <span className={css['bar']} aria-hidden="true">
          <i
            className={part >= NEARLY_FULL ? css['full'] : undefined}
            style={{ width: `${Math.max(1, part * 100)}%` }}
          />
        </span>
      )}
    </>
  );
}

function Figure({ agent, open, onOpen }: Omit<RowProps, 'now'>) {
  const { read, stored } = agent.totals;
  const lost = lossOf(agent);
  const empty = read === 0 && stored === 0 && lost === 0;
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={(click) => {
        click.stopPropagation();
        onOpen();
      }}
    >
      <span className={ui['sr']}>
        Account of {valueText(agent.name)}
        {empty ? ', ' : `: ${thousands(read)} read, ${thousands(stored)} stored, `}
      </span>
      {empty ? (
        <span className={css['never']}>nothing yet</span>
      ) : (
        <>
          <span aria-hidden="true" className={css['way']}>
            {thousands(read)} <Icon of={ArrowRight} small /> {thousands(stored)}
          </span>
          <span className={lost === 0 ? css['none'] : css['lost']}>{lossWords(lost)}</span>
        </>
      )}
      <Icon of={ChevronDown} small />
    </button>
  );
}
