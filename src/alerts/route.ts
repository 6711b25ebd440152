/** Which alerts are pushed to a person: those that opened, or rose, at the chosen level or higher. Each such moment once. */
import { type Alert, type AlertChange, type Level, levelRank } from '#contract';

export interface Push {
  readonly alertId: string;
  readonly title: string;
  /** Plain text: no markup is meant, whatever an attacker wrote. */
  readonly text: string;
  readonly level: Level;
}

/** UTF-8 bytes; every provider takes less, and cuts further by its own law. */
const MAX_BYTES = 10_000;

function cutBytes(text: string, max: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= max) return text;
  // A character that was cut through is left out; "…" takes three bytes.
  let end = max - 3;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${new TextDecoder().decode(bytes.subarray(0, end))}…`;
}

function words(alert: Alert): string {
  const times = alert.count === 1 ? '' : `Seen ${alert.count} times.`;
  const todo = alert.steps.map((step) => (step.command === undefined ? step.text : `${step.text}\n  ${step.command}`));
  return [alert.sentence, times, ...todo].filter((line) => line !== '').join('\n');
}

export function route(changes: readonly AlertChange[], { level }: { readonly level: Level }): readonly Push[] {
  const wanted = changes.filter(
    ({ alert, history }) =>
      !alert.historic &&
      alert.status !== 'closed' &&
      levelRank(alert.level) >= levelRank(level) &&
      history.some((entry) => entry.action === 'opened'),
  );
  return wanted.map(({ alert }) => ({
    alertId: alert.id,
    title: cutBytes(alert.title, 250),
    text: cutBytes(words(alert), MAX_BYTES),
    level: alert.level,
  }));
}
