/** Authentication events as a person would say them, repeats told once. */
import type { Level, WireAlert, WireEvent } from '#contract';
import { categoryHas, eventId, eventSentence, eventTime, levelOrder, thousands, valueText } from '#ui/model';

export interface AuthLine {
  readonly at: string;
  readonly program: string;
  readonly sentence: string;
  /** Level of the worst open alert that has one of these events among its evidence. */
  readonly level: Level | undefined;
}

/** Connections come and go around every login; they say nothing about who got in. */
const TELLING = ['authentication', 'session', 'iam', 'process'];

export function authLines(events: readonly WireEvent[], alerts: readonly WireAlert[]): readonly AuthLine[] {
  const levels = evidenceLevels(alerts);
  const lines: (Omit<AuthLine, 'sentence'> & Said & { readonly times: number })[] = [];
  for (const event of events) {
    if (!isTelling(event)) continue;
    const line = {
      at: eventTime(event),
      program: valueText(event['process.name']),
      ...sentenceOf(event),
      level: levels.get(eventId(event)),
      times: Math.max(1, Number(event['porchlight.repeat'] ?? 1) || 1),
    };
    const last = lines.at(-1);
    if (last?.what === line.what && last.whence === line.whence && last.program === line.program)
      lines[lines.length - 1] = { ...last, level: worse(last.level, line.level), times: last.times + line.times };
    else lines.push(line);
  }
  return lines.map(({ at, program, level, what, whence, times }) => ({
    at,
    program,
    level,
    sentence: `${what}${times > 1 ? ` ${thousands(times)} times` : ''}${whence}`,
  }));
}

/** How often it happened is said between the two. */
interface Said {
  readonly what: string;
  readonly whence: string;
}

function isTelling(event: WireEvent): boolean {
  const category = event['event.category'];
  const list = Array.isArray(category) ? category : [category];
  return list.some((each) => TELLING.includes(String(each)));
}

/** Who did what: from the fields a parser read, or else the log's own words. */
function sentenceOf(event: WireEvent): Said {
  const from = valueText(event['source.ip']);
  const whence = from === '' ? '' : ` from ${from}`;
  const what = whatOf(event);
  return what === undefined ? { what: eventSentence(event), whence: '' } : { what, whence };
}

function whatOf(event: WireEvent): string | undefined {
  const user = valueText(event['user.name']);
  if (user === '') return undefined;
  switch (event['event.action']) {
    case 'sudo_command':
      return `${user} ran ${valueText(event['process.command_line'])}`;
    case 'sudo_denied':
      return `${user} may not sudo`;
    case 'session_opened':
    case 'ssh_session_opened':
      return `session of ${user} opened`;
    case 'session_closed':
    case 'ssh_session_closed':
      return `session of ${user} closed`;
    default:
      if (!categoryHas(event, 'authentication')) return undefined;
      return { failure: `${user} refused`, success: `${user} let in` }[String(event['event.outcome'])];
  }
}

/** Event id → level of the worst alert it is evidence of. */
function evidenceLevels(alerts: readonly WireAlert[]): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>();
  for (const alert of alerts) {
    for (const event of alert.evidence) {
      const level = worse(levels.get(eventId(event)), alert.level);
      if (level !== undefined) levels.set(eventId(event), level);
    }
  }
  return levels;
}

function worse(a: Level | undefined, b: Level | undefined): Level | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return levelOrder(a) <= levelOrder(b) ? a : b;
}
