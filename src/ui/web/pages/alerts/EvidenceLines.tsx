import type { WireAlert, WireEvent } from '#contract';
import { clock, day, eventId, eventLine, eventTime, thousands, valuesOf } from '../../../model/index.ts';
import { Log } from '../../parts/Log.tsx';
import css from './Panel.module.css';

/** Marked in the lines: what the alert is about. */
const MARKED = ['source.ip', 'user.name'];

/** The lines that made the alert, in the log's own words. What was left out stands between the first and the last ones. */
export function EvidenceLines({ alert, now }: { readonly alert: WireAlert; readonly now: number }) {
  const lines = alert.evidence;
  if (lines.length === 0) return null;
  const gapAfter = alert.evidence_omitted > 0 ? gapPlace(lines) : -1;
  const marks = [
    ...new Set([alert.entity, ...lines.flatMap((line) => MARKED.flatMap((field) => valuesOf(line[field])))]),
  ];
  return (
    <section>
      <h3>Why Porchlight thinks so</h3>
      <ul className={css['evidence']} tabIndex={0} aria-label="Evidence lines" data-testid="evidence">
        {lines.map((line, at) => [
          <li key={eventId(line)}>
            <time dateTime={eventTime(line)}>{timeOf(line, now)}</time>
            <Log text={eventLine(line)} marks={marks} />
          </li>,
          at === gapAfter ? (
            <li key="gap" className={css['gap']}>
              {thousands(alert.evidence_omitted)} more of the same kind
            </li>
          ) : null,
        ])}
      </ul>
    </section>
  );
}

/** The alert's page brings the first 20 lines and the last 30; until it is here, a list's entry the first 3 and the last 7. */
const gapPlace = (lines: readonly WireEvent[]): number => (lines.length > 20 ? 19 : 2);

const timeOf = (line: WireEvent, now: number): string => {
  const time = eventTime(line);
  return day(time) === day(now) ? clock(time) : `${day(time)} ${clock(time)}`;
};
