/** The top of the screen: the lamp, and the one sentence that matters most. */
import type { Level, WireAlert } from '#contract';
import {
  agentsPhrase,
  agentStanding,
  backupPhrase,
  clock,
  DAMAGE_COMMAND,
  damagePhrase,
  housePhrase,
  moment,
  needsYou,
  plural,
  restSentence,
  wantsHand,
  zoneName,
} from '#ui/model';
import { apart, type Line, span } from './line.ts';
import { inner, type Layout } from './layout.ts';
import { levelMark } from './marks.ts';
import { selectedAt } from './selection.ts';
import { type TopState, valueOf } from './state.ts';

const NONE: Record<Level, number> = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 };

/** `● Porchlight  nas   4 followed, 1 to mend   agents 3 live, 1 silent          Sun 30 Nov 2025  21:42:08 CET` */
export function lampLine(state: TopState, layout: Layout): Line {
  const wide = layout.columns >= 80;
  const gap = span(layout.roomy ? '   ' : '  ');
  const left = [
    span('●', 'lamp'),
    span(' '),
    span('Porchlight', 'text', true),
    span(wide ? '  ' : ' '),
    span(state.host, 'soft'),
    ...standing(state, layout.roomy).flatMap((piece) => [gap, piece]),
  ];
  const time = [clock(state.now, state.zone), ...(wide ? [zoneName(state.now, state.zone)] : [])].join(' ');
  const stamp = wide ? `${date(state.now, state.zone, layout.roomy)}  ${time}` : time;
  return apart(left, [span(stamp, 'soft')], inner(layout));
}

/** A picture that stands still says so first. */
function standing(state: TopState, rate: boolean): Line {
  if (state.paused !== undefined) {
    const { since, waiting } = state.paused;
    const more = waiting === 0 ? '' : `, ${plural(waiting, 'new alert')}`;
    return [span(`paused at ${clock(since, state.zone)}${more}`, 'lamp')];
  }
  if (state.connection === 'reconnecting') return [span('reconnecting, nothing is lost', 'lamp')];
  if (state.connection === 'monitor') return [span('no server, watching this machine', 'faint')];
  // An agent stands among the sources too, but it is told apart here.
  const sources = valueOf(state.sources)?.filter(({ id }) => !id.startsWith('agent:'));
  const agents = valueOf(state.agents) ?? [];
  const pieces = [sources === undefined ? '' : housePhrase(sources), agentsPhrase(agents)];
  // A narrow screen cuts the end off.
  if (agents.some((agent) => wantsHand(agentStanding(agent)))) pieces.reverse();
  const old = backupPhrase(state.backup);
  return [
    ...(state.damage === undefined ? [] : [span(`${damagePhrase(state.damage)}: ${DAMAGE_COMMAND}`, 'lamp')]),
    ...pieces.filter((piece) => piece !== '').map((piece) => span(piece, 'faint')),
    ...(old === '' ? [] : [span(old, 'faint')]),
    ...(state.rate === undefined || !rate ? [] : [span(rateWords(state.rate), 'faint')]),
  ];
}

const rateWords = (rate: number): string =>
  rate > 0 && rate < 1 ? 'under 1 event a second' : `${plural(Math.round(rate), 'event')} a second`;

function date(now: number, zone: string | undefined, year: boolean): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(year ? { year: 'numeric' } : {}),
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  return parts.format(now).replace(',', '');
}

/** The worst open alert, or how quiet it is. */
export function worstLine(state: TopState, layout: Layout): Line {
  const cells = inner(layout);
  if ('missing' in state.alerts) return apart([span(`Alerts: ${state.alerts.missing}`, 'faint')], [], cells);
  const worst = state.alerts.value[0];
  if (worst === undefined) return apart([span('All quiet. Nothing needs you.', 'text', true)], [], cells);
  if (!needsYou(worst.level)) return apart(quiet(state), [], cells);
  const opens = state.focus === 'alerts' && state.page.kind === 'panes' && selectedAt(state) === 0;
  const hint = opens && state.filter.text === '' ? [span(layout.roomy ? 'Enter to open' : 'Enter', 'faint')] : [];
  const mark = layout.columns >= 80 ? levelMark(worst.level, 'long') : levelMark(worst.level, 'shape');
  const sentence = span(worst.sentence, 'text', true);
  const detail = layout.roomy ? [span('   '), span(detailOf(worst, state), 'soft')] : [];
  return apart([...mark, span(layout.columns >= 80 ? '  ' : ' '), sentence, ...detail], hint, cells);
}

function quiet(state: TopState): Line {
  const levels = valueOf(state.levels);
  const rest = levels === undefined ? '' : restSentence({ ...NONE, ...levels }, 'none');
  return [span('Nothing needs you.', 'text', true), span(rest === '' ? '' : ` ${rest}`, 'soft')];
}

const detailOf = ({ count, last_seen }: WireAlert, { now, zone }: TopState): string =>
  count > 1
    ? `${plural(count, 'time')}, last at ${moment(last_seen, now, zone)}`
    : `at ${moment(last_seen, now, zone)}`;
