/**
 * Which changes of alerts reach a person: an alert that opened, or rose, at the chosen level or higher, each such moment once; and,
 * quietly, that one of these was closed. Nothing else that a person does to an alert is news to them.
 */
import { type Alert, type AlertChange, type Level, levelRank } from '#contract';
import { type Push, push } from './push.ts';

export function route(changes: readonly AlertChange[], { level }: { readonly level: Level }): readonly Push[] {
  return changes
    .filter(({ alert }) => !alert.historic && levelRank(alert.level) >= levelRank(level))
    .flatMap((change): readonly Push[] => {
      if (change.alert.status === 'closed') return hasEnded(change) ? [endOf(change)] : [];
      return change.history.some((entry) => entry.action === 'opened') ? [newsOf(change.alert)] : [];
    });
}

/** An alert that was opened and closed in one batch never went out: its end is no news. A second note on a closed one neither. */
const hasEnded = ({ before }: AlertChange): boolean => before !== undefined && before !== 'closed';

function newsOf(alert: Alert): Push {
  const times = alert.count === 1 ? '' : `Seen ${alert.count} times.`;
  const todo = alert.steps.flatMap(({ text, command }) => (command === undefined ? [text] : [text, `  ${command}`]));
  return push(alert.id, alert.level, alert.title, [alert.sentence, times, ...todo]);
}

function endOf({ alert, history }: AlertChange): Push {
  const last = history.findLast((entry) => entry.action === 'closed');
  const by = last === undefined ? 'Closed.' : `Closed by ${last.by}${last.note === '' ? '.' : `: ${last.note}`}`;
  return push(alert.id, 'informational', `Closed: ${alert.title}`, [alert.sentence, by]);
}
