import { useState } from 'react';
import type { WireAlert, WireEvent } from '#contract';
import { clock, day, eventId, eventLine, eventTime, plural, thousands, valuesOf } from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Panel.module.css';
import { Section } from './Section.tsx';

/** Marked in the lines: what the alert is about. */
const MARKED = ['source.ip', 'user.name'];
/** What is shown at first of the lines that are here: how it began and how it stands. */
const SHOWN = { first: 3, last: 7 };
/** The alert's page brings its first 20 lines and its last 30; those between were counted and not kept. */
const KEPT_FIRST = 20;

/** The lines that made the alert, in the log's own words, oldest first; what is left out is said where it stood. */
export function EvidenceLines({ alert, now }: { readonly alert: WireAlert; readonly now: number }) {
  const [all, setAll] = useState(false);
  const lines = alert.evidence;
  if (lines.length === 0) return null;
  const folded = !all && lines.length > SHOWN.first + SHOWN.last + 1;
  const first = folded ? SHOWN.first : lines.length > KEPT_FIRST ? KEPT_FIRST : Math.min(lines.length, SHOWN.first);
  const head = lines.slice(0, first);
  const tail = folded ? lines.slice(-SHOWN.last) : lines.slice(first);
  const hidden = lines.length - head.length - tail.length;
  const left = alert.evidence_omitted + hidden;
  const marks = [
    ...new Set([alert.entity, ...lines.flatMap((line) => MARKED.flatMap((field) => valuesOf(line[field])))]),
  ];
  return (
    <Section title="Why Porchlight thinks so">
      <ul className={css['evidence']} tabIndex={0} aria-label="Evidence lines" data-testid="evidence">
        <Lines lines={head} marks={marks} now={now} />
        {left === 0 ? null : (
          <li className={css['gap']}>
            {thousands(left)} more of the same kind
            {hidden === 0 ? null : (
              <button className={`${ui['button']} ${ui['bare']}`} type="button" onClick={() => setAll(true)}>
                Show {alert.evidence_omitted === 0 ? 'them' : `${plural(hidden, 'line')} of them`}
              </button>
            )}
          </li>
        )}
        <Lines lines={tail} marks={marks} now={now} />
      </ul>
    </Section>
  );
}

interface LinesProps {
  readonly lines: readonly WireEvent[];
  readonly marks: readonly string[];
  readonly now: number;
}

function Lines({ lines, marks, now }: LinesProps) {
  return lines.map((line) => (
    <li key={eventId(line)}>
      <time dateTime={eventTime(line)}>{timeOf(line, now)}</time>
      <Log text={eventLine(line)} marks={marks} />
    </li>
  ));
}

const timeOf = (line: WireEvent, now: number): string => {
  const time = eventTime(line);
  return day(time) === day(now) ? clock(time) : `${day(time)} ${clock(time)}`;
};
