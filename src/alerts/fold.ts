/**
 * Matches → alerts. Many matches of one rule about one thing are one alert with a count.
 *
 * What folds together: the same rule, the same entity, and, unless the entity is an address or the host itself, the same host
 * (`backup` on two machines is two accounts, but one address that knocks on two machines is one stranger). The alert must be
 * open or acknowledged, and the match must lie within the rule's fold time of what the alert has seen. A closed alert is
 * never touched again: what comes later is a new one. An acknowledged one stays acknowledged while it grows.
 *
 * Live and historic never fold together. An old line that is read for the first time must not swallow what happens now, and
 * what happens now must be able to reach a person.
 *
 * Times of alerts are times of events, but never later than the event was received: one stamp from 2040 must not keep an
 * alert open for years. An alert from a broken clock stands beside the right one, so several alerts can share a key.
 *
 * An attack is thousands of matches a batch that fold into a few alerts. So an alert is copied once a batch, by its first match, and
 * the copy then changes in place; its sentence and steps are told once, when the batch is taken.
 *
 * Everything follows from the recovered state and the calls: same calls, same changes.
 */
import {
  type Alert,
  type AlertChange,
  type AlertStatus,
  type Event,
  type Evidence,
  EVIDENCE,
  evidenceSlot,
  type HistoryEntry,
  levelRank,
} from '#contract';
import type { Located, Match } from '#detect';
import { type About, aboutOf, keyFinder, keyOf } from './about.ts';
import { cut, lookup, sentenceForm, steps, withCount } from './render.ts';

export interface Folder {
  fold(matches: readonly Match[], context: { readonly historic: boolean }): void;
  /**
   * `at` in ms. `stored` is the alert as the store has it, for one that this folder does not hold: closed, or long quiet.
   * False when it is not known at all.
   */
  setStatus(id: string, status: AlertStatus, by: string, note: string, at: number, stored?: Alert): boolean;
  /** Alerts that changed since the last take, each once, in the order they first changed. */
  take(): readonly AlertChange[];
  /** Quiet alerts that were let go to bound memory: they stay open in the store, but matches no longer fold into them. */
  readonly released: number;
  /** Open and acknowledged alerts that new matches may fold into. */
  held(): Iterable<Alert>;
}

/** The author of what no person did. */
const SELF = 'porchlight';
const MAX_ALERTS = 10_000;
const MAX_PER_KEY = 4;
const MAX_NOTE = 1000;

/** An alert while a batch changes it. */
type Draft = { -readonly [name in keyof Alert]: Alert[name] };

interface Pending {
  readonly alert: Draft;
  /** undefined when this batch opened it. */
  readonly before: AlertStatus | undefined;
  readonly evidence: Map<number, Evidence>;
  readonly history: HistoryEntry[];
  /** The newest match so far and the count it made: they tell the story. A late match changes the count alone. */
  story: { readonly match: Match; readonly count: number } | undefined;
}

const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

const isFoldable = (alert: Alert): boolean => alert.status !== 'closed';

/** What was told at first, or last, with the count as it is now. */
function tell(alert: Draft, { story }: Pending): void {
  if (story !== undefined) {
    alert.sentence_form = sentenceForm(story.match);
    alert.steps = steps(story.match, lookup(story.match, story.count));
  }
  if (alert.sentence_form !== undefined) alert.sentence = withCount(alert.sentence_form, alert.count);
}

class Folding implements Folder {
  /** Quiet longest first. */
  readonly #alerts = new Map<string, Alert>();
  /** Ids by key, lowest first: where several alerts fit a match, the one opened last takes it, also after a restart. */
  readonly #byKey = new Map<string, string[]>();
  /** The last one that was held: it stands at the end. */
  #latest = '';
  readonly #pending = new Map<string, Pending>();
  readonly #keyOf = keyFinder();
  readonly #maxAlerts: number;
  #lastId: number;
  #released = 0;

  constructor(alerts: readonly Alert[], lastId: number, maxAlerts: number) {
    this.#maxAlerts = maxAlerts;
    this.#lastId = lastId;
    for (const alert of alerts.toSorted((left, right) => left.last_seen - right.last_seen))
      if (isFoldable(alert)) this.#hold(alert);
  }

  held(): Iterable<Alert> {
    return this.#alerts.values();
  }

  get released(): number {
    return this.#released;
  }

  fold(matches: readonly Match[], { historic }: { readonly historic: boolean }): void {
    for (const match of matches) {
      const about = aboutOf(match);
      const { rule, event, evidence } = match;
      let first = timeOf(event.event);
      let last = first;
      for (const located of evidence) {
        // Mostly the event itself.
        if (located === event) continue;
        const time = timeOf(located.event);
        if (time < first) first = time;
        if (time > last) last = time;
      }
      const key = this.#keyOf(match, about, historic);
      const alert = this.#find(key, first, last, rule.foldSeconds * 1000);
      if (alert === undefined) this.#open(match, about, historic, first, last);
      else this.#grow(alert, match, about, first, last);
    }
  }

  setStatus(id: string, status: AlertStatus, by: string, note: string, at: number, stored?: Alert): boolean {
    const alert = this.#pending.get(id)?.alert ?? this.#alerts.get(id) ?? (stored?.id === id ? stored : undefined);
    if (alert === undefined) return false;
    if (alert.status === status && note === '') return true;
    const pending = this.#change(alert, alert.status);
    const changed = pending.alert;
    changed.status = status;
    pending.history.push({ at, by, action: status, note: cut(note, MAX_NOTE) });
    if (isFoldable(changed)) this.#hold(changed);
    else this.#letGo(changed);
    return true;
  }

  take(): readonly AlertChange[] {
    const changes = Array.from(this.#pending.values(), (pending): AlertChange => {
      const { alert, evidence, history, before } = pending;
      tell(alert, pending);
      return {
        alert,
        evidence: [...evidence.values()],
        history,
        ...(before === undefined ? {} : { before }),
      };
    });
    this.#pending.clear();
    return changes;
  }

  #find(key: string, first: number, last: number, fold: number): Alert | undefined {
    const ids = this.#byKey.get(key);
    if (ids === undefined) return undefined;
    for (let at = ids.length - 1; at >= 0; at--) {
      const alert = this.#alerts.get(ids[at] ?? '');
      if (alert !== undefined && first <= alert.last_seen + fold && last >= alert.first_seen - fold) return alert;
    }
    return undefined;
  }

  #open(match: Match, { entity, field, host }: About, historic: boolean, first: number, last: number): void {
    const { rule } = match;
    const count = Math.max(1, match.count);
    const alert: Alert = {
      id: String(++this.#lastId),
      title: rule.title,
      kind: rule.kind,
      level: rule.level,
      status: 'open',
      count,
      evidence_count: match.evidence.length,
      first_seen: first,
      last_seen: last,
      rule: { id: rule.id, title: rule.title },
      entity,
      entity_field: field,
      host,
      sentence: '',
      sentence_form: undefined,
      steps: [],
      tags: rule.tags,
      historic,
    };
    const pending = this.#change(alert, undefined);
    pending.story = { match, count };
    pending.history.push({ at: match.event.event['event.ingested'], by: SELF, action: 'opened', note: '' });
    this.#keep(pending, 0, match.evidence);
    this.#hold(pending.alert);
  }

  #grow(grown: Alert, match: Match, { host }: About, first: number, last: number): void {
    const { rule } = match;
    const pending = this.#change(grown, grown.status);
    const { alert } = pending;
    const seen = alert.evidence_count;
    alert.count += match.count;
    alert.evidence_count += match.evidence.length;
    if (last >= alert.last_seen) {
      alert.host = host;
      pending.story = { match, count: alert.count };
    }
    alert.first_seen = Math.min(alert.first_seen, first);
    alert.last_seen = Math.max(alert.last_seen, last);
    if (levelRank(rule.level) > levelRank(alert.level)) {
      const at = match.event.event['event.ingested'];
      pending.history.push({ at, by: SELF, action: 'opened', note: `Raised from ${alert.level} to ${rule.level}` });
      alert.level = rule.level;
    }
    this.#keep(pending, seen, match.evidence);
    this.#hold(alert);
  }

  /** `from` is the number of evidence events that came before. Only the last ones of a large match have a place left. */
  #keep(pending: Pending, from: number, evidence: readonly Located[]): void {
    const skipped = Math.max(0, from + evidence.length - EVIDENCE.last);
    let place = from;
    for (const { id, event } of evidence) {
      if (place < EVIDENCE.first || place >= skipped) {
        const slot = evidenceSlot(place);
        pending.evidence.set(slot, { slot, id, event });
      }
      place++;
    }
  }

  /** `before` counts for the first change of a batch only. */
  #change(alert: Alert, before: AlertStatus | undefined): Pending {
    const changed = this.#pending.get(alert.id);
    if (changed !== undefined) return changed;
    const pending: Pending = { alert: { ...alert }, before, evidence: new Map(), history: [], story: undefined };
    this.#pending.set(alert.id, pending);
    return pending;
  }

  /** Puts an alert at the end, as the one with the latest news, and lets the quietest go when there are too many. */
  #hold(alert: Alert): void {
    if (this.#alerts.get(alert.id) === alert && this.#latest === alert.id) return;
    const wasHeld = this.#alerts.delete(alert.id);
    this.#alerts.set(alert.id, alert);
    this.#latest = alert.id;
    if (wasHeld) return;
    const key = keyOf(alert);
    const ids = [...(this.#byKey.get(key) ?? []), alert.id].toSorted((left, right) => Number(left) - Number(right));
    this.#byKey.set(key, ids);
    const [oldest] = ids;
    if (ids.length > MAX_PER_KEY && oldest !== undefined) this.#release(oldest);
    if (this.#alerts.size <= this.#maxAlerts) return;
    const [quietest] = this.#alerts.keys();
    if (quietest !== undefined) this.#release(quietest);
  }

  #release(id: string): void {
    const alert = this.#alerts.get(id);
    if (alert === undefined) return;
    this.#letGo(alert);
    this.#released++;
  }

  #letGo(alert: Alert): void {
    this.#alerts.delete(alert.id);
    const key = keyOf(alert);
    const left = (this.#byKey.get(key) ?? []).filter((id) => id !== alert.id);
    if (left.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }
}

/** `recovered` as the store gives it back; `maxAlerts` bounds what is held to fold into. */
export function folder(
  recovered: { readonly alerts: readonly Alert[]; readonly lastAlertId: number },
  maxAlerts: number = MAX_ALERTS,
): Folder {
  return new Folding(recovered.alerts, recovered.lastAlertId, maxAlerts);
}
