import { useState } from 'react';
import { Link } from 'wouter';
import type { LedgerRow, Problem } from '#contract';
import {
  barPieces,
  bandWord,
  isStale,
  moment,
  plural,
  scoreSentence,
  staleWords,
  valueText,
  withTerm,
} from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import { useHouse } from '../../state/house.tsx';
import { type Host, type ScoreReply, useHosts } from '../../state/monitor.ts';
import css from './Score.module.css';

interface Props {
  readonly host: Host;
  readonly onHost: (host: string) => void;
  readonly score: ScoreReply | undefined;
  readonly problem: Problem | undefined;
}

/** The one huge number, and where its points went. */
export function Score({ host, onHost, score, problem }: Props) {
  return (
    <section className={css['score']} aria-labelledby="h-score">
      <div className={css['title']}>
        <h2 id="h-score">Security score</h2>
        <HostChoice host={host ?? score?.host} onHost={onHost} />
      </div>
      {score === undefined ? <Unknown problem={problem} /> : <Known score={score} />}
    </section>
  );
}

function Known({ score: { score, band, ledger, yesterday, at, snapshot } }: { readonly score: ScoreReply }) {
  const { health } = useHouse();
  const now = useNow(10_000);
  const [lit, setLit] = useState<number>();
  const stale = isStale(Date.parse(at), now, health.data?.check_every ?? 0);
  return (
    <>
      <p className={`${css['number']} ${stale ? css['stale'] : ''}`} role="img" aria-label={`${score} of 100`}>
        {score}
      </p>
      <Ledger rows={ledger} onLight={setLit} />
      <div className={css['bar']} role="img" aria-label={`${plural(score, 'point')} kept, ${100 - score} lost`}>
        {barPieces(score, ledger).map(({ row, part }) => (
          <i
            key={row ?? 'kept'}
            className={row === undefined ? css['kept'] : row === lit ? css['lit'] : undefined}
            style={{ flexGrow: part }}
          />
        ))}
      </div>
      <p className={css['sentence']}>
        {bandWord(band)}. {scoreSentence(score, yesterday)}
        {stale ? <b> {staleWords(snapshot.always_on, moment(at, now))}.</b> : null}
      </p>
    </>
  );
}

function Ledger({ rows, onLight }: { readonly rows: readonly LedgerRow[]; readonly onLight: (row?: number) => void }) {
  if (rows.length === 0) return <p className={css['nothing']}>Nothing costs points.</p>;
  return (
    <table className={css['ledger']}>
      <caption className={ui['sr']}>Where the points went</caption>
      <thead className={ui['sr']}>
        <tr>
          <th scope="col">Points</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr
            key={`${row.metric} ${row.culprit}`}
            onPointerEnter={() => onLight(at)}
            onPointerLeave={() => onLight()}
            onFocus={() => onLight(at)}
            onBlur={() => onLight()}
          >
            <td>−{row.points}</td>
            <td>
              <Why row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The reason leads to what is behind it, where the page has it. */
function Why({ row: { metric, reason, culprit } }: { readonly row: LedgerRow }) {
  const href = culprit === '' ? undefined : placeOf(metric, culprit);
  const shown = <Log text={reason} />;
  return (
    <>
      {href === undefined ? (
        shown
      ) : (
        <Link className={ui['link']} href={href}>
          {shown}
        </Link>
      )}
      {culprit === '' || metric === 'alert' || reason.includes(culprit) ? null : (
        <span className={css['culprit']}>
          <bdi>{valueText(culprit)}</bdi>
        </span>
      )}
    </>
  );
}

function placeOf(metric: LedgerRow['metric'], culprit: string): string | undefined {
  if (metric === 'alert') return /^\d+$/.test(culprit) ? `/alerts/${culprit}` : undefined;
  if (metric !== 'failed_logins') return undefined;
  return `/events?${new URLSearchParams({ q: withTerm('', 'source.ip', culprit, false) }).toString()}`;
}

function Unknown({ problem }: { readonly problem: Problem | undefined }) {
  const { health } = useHouse();
  const now = useNow(1000);
  if (problem === undefined) return null;
  if (problem.code !== 'NOT_FOUND') return <Trouble problem={problem} />;
  const { started, check_every: every } = health.data ?? {};
  const left = started === undefined || every === undefined ? 0 : Date.parse(started) + every - now;
  return (
    <p className={css['nothing']}>
      Not scored yet, {left > 0 ? `first check in ${Math.ceil(left / 1000)} s` : 'the first check comes by itself'}.
    </p>
  );
}

/** Only where there is something to choose between. */
function HostChoice({ host, onHost }: { readonly host: Host; readonly onHost: (host: string) => void }) {
  const hosts = useHosts();
  if (hosts.length < 2) return null;
  return (
    <label className={css['hosts']}>
      <span className={ui['sr']}>Machine</span>
      <select value={host ?? ''} onChange={(event) => onHost(event.target.value)}>
        {hosts.map(({ host: name, score }) => (
          <option key={name} value={name}>
            {valueText(name)}, {score}
          </option>
        ))}
      </select>
    </label>
  );
}
