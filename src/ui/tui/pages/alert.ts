/** One alert: what happened, what to do, what shows it, who did what about it. */
import type { WireAlert, WireEvent } from '#contract';
import { capital, clock, day, eventLine, eventTime, levelWord, plural, statusWord, timespan } from '#ui/model';
import { cell, type Line, span } from '../line.ts';
import { levelMark } from '../marks.ts';
import type { TopState } from '../state.ts';
import type { Ink } from '../theme.ts';
import { shown, wrap } from '../width.ts';

export function alertLines(alert: WireAlert, state: TopState, cells: number): readonly Line[] {
  const { now, zone } = state;
  const facts: readonly (readonly [string, string])[] = [
    ['status', `${statusWord(alert.status)}, ${levelWord(alert.level).toLowerCase()}`],
    ['seen', `${plural(alert.count, 'time')}, ${timespan(alert.first_seen, alert.last_seen, now, zone)}`],
    ['about', alert.entity],
    ['host', alert.host],
    ['rule', alert.rule.title],
  ];
  return [
    ...paragraph(alert.sentence, cells - 2, 'text', true).map((line, at): Line =>
      at === 0 ? [...levelMark(alert.level, 'shape'), span(' '), ...line] : [span('  '), ...line],
    ),
    [],
    ...facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [...cell(name, 10, { ink: 'faint' }), span(value)]),
    ...stepLines(alert, cells),
    ...evidenceLines(alert, state, cells),
    ...historyLines(alert, state, cells),
  ];
}

const head = (title: string): readonly Line[] => [[], [span(title, 'text', true)]];

const paragraph = (text: string, cells: number, ink: Ink = 'text', bold = false): readonly Line[] =>
  wrap(shown(text), Math.max(1, cells)).map((line) => [span(line, ink, bold)]);

function stepLines({ steps }: WireAlert, cells: number): readonly Line[] {
  if (steps.length === 0) return [];
  return [
    ...head('What to do'),
    ...steps.flatMap(({ text, command }) => [
      ...paragraph(text, cells),
      ...(command === undefined ? [] : [[span('  '), span(command, 'data')]]),
    ]),
  ];
}

function evidenceLines(alert: WireAlert, state: TopState, cells: number): readonly Line[] {
  if (alert.evidence.length === 0) return [];
  const omitted =
    alert.evidence_omitted === 0 ? '' : `, ${plural(alert.evidence_omitted, 'event')} between them left out`;
  return [...head(`Evidence${omitted}`), ...alert.evidence.flatMap((event) => eventLines(event, state, cells))];
}

function eventLines(event: WireEvent, { zone }: TopState, cells: number): readonly Line[] {
  return paragraph(eventLine(event), cells - 10, 'soft').map((line, at) => [
    ...cell(at === 0 ? clock(eventTime(event), zone) : '', 10, { ink: 'faint' }),
    ...line,
  ]);
}

function historyLines({ history }: WireAlert, { zone }: TopState, cells: number): readonly Line[] {
  if (history.length === 0) return [];
  return [
    ...head('History'),
    ...history.flatMap(({ at, by, action, note }) => {
      const said = `${capital(action)} by ${by}${note === '' ? '' : `: ${note}`}`;
      const stamp = `${day(at, zone)} ${clock(at, zone)}`;
      return paragraph(said, cells - 18).map((line, index) => [
        ...cell(index === 0 ? stamp : '', 18, { ink: 'faint' }),
        ...line,
      ]);
    }),
  ];
}
