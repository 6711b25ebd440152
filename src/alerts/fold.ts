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
import { type Linked, Recency } from '#lib/recency';
import { type About, aboutOf, keyFinder, keyOf, type KnownKey } from './about.ts';
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
  /** By slot; `slots` has those that are filled, in the order in which they first were. */
  readonly evidence: Located[];
  readonly slots: number[];
  readonly history: HistoryEntry[];
  /** The newest match so far and the count it made: they tell the story. A late match changes the count alone. */
  story: Match | undefined;
  count: number;
}

/** An alert that matches fold into. */
interface Held extends Linked<Held> {
  /** As the batch that is under way has left it. */
  alert: Alert;
  readonly place: Place;
  /** What this batch changed. */
  pending: Pending | undefined;
}

/**
 * The alerts of one key, lowest id first: where several fit a match, the one opened last takes it, also after a restart. An empty one
 * is no longer known by its key, and another may have taken its place.
 */
interface Place {
  readonly key: string;
  held: readonly Held[];
}

const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

const isFoldable = (alert: Alert): boolean => alert.status !== 'closed';

/** What was told at first, or last, with the count as it is now. */
function tell({ alert, story, count }: Pending): void {
  if (story !== undefined) {
    alert.sentence_form = sentenceForm(story);
    alert.steps = steps(story, lookup(story, count));
  }
  if (alert.sentence_form !== undefined) alert.sentence = withCount(alert.sentence_form, alert.count);
}

function evidenceOf({ evidence, slots }: Pending): readonly Evidence[] {
  const told: Evidence[] = [];
  for (const slot of slots) {
    const located = evidence[slot];
    if (located !== undefined) told.push({ slot, id: located.id, event: located.event });
  }
  return told;
}

class Folding implements Folder {
  /** Quiet longest first. */
  readonly #alerts = new Recency<Held>();
  readonly #places = new Map<string, Place>();
  /** By id: of alerts too that are held no longer. */
  readonly #pending = new Map<string, Pending>();
  readonly #keyOf = keyFinder<Place>();
  readonly #maxAlerts: number;
  #lastId: number;
  #released = 0;

  constructor(alerts: readonly Alert[], lastId: number, maxAlerts: number) {
    this.#maxAlerts = maxAlerts;
    this.#lastId = lastId;
    for (const alert of alerts.toSorted((left, right) => left.last_seen - right.last_seen))
      if (isFoldable(alert)) this.#hold(alert, keyOf(alert), undefined);
  }

  held(): Iterable<Alert> {
    return this.#alerts.values().map(({ alert }) => alert);
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
      const known = this.#keyOf(match, about, historic);
      const held = this.#find(known, first, last, rule.foldSeconds * 1000);
      if (held === undefined) this.#open(match, about, known.key, historic, first, last);
      else this.#grow(held, match, about, first, last);
    }
  }

  setStatus(id: string, status: AlertStatus, by: string, note: string, at: number, stored?: Alert): boolean {
    const held = this.#alerts.get(id);
    const alert = this.#pending.get(id)?.alert ?? held?.alert ?? (stored?.id === id ? stored : undefined);
    if (alert === undefined) return false;
    if (alert.status === status && note === '') return true;
    const pending = held === undefined ? this.#change(alert, alert.status) : this.#changeHeld(held);
    const changed = pending.alert;
    changed.status = status;
    pending.history.push({ at, by, action: status, note: cut(note, MAX_NOTE) });
    if (!isFoldable(changed)) {
      if (held !== undefined) this.#letGo(held);
    } else if (held === undefined) this.#hold(changed, keyOf(changed), pending);
    else this.#alerts.touch(held);
    return true;
  }

  take(): readonly AlertChange[] {
    const changes = Array.from(this.#pending.values(), (pending): AlertChange => {
      const { alert, history, before } = pending;
      tell(pending);
      const held = this.#alerts.get(alert.id);
      if (held !== undefined) held.pending = undefined;
      return { alert, evidence: evidenceOf(pending), history, ...(before === undefined ? {} : { before }) };
    });
    this.#pending.clear();
    return changes;
  }

  #find(known: KnownKey<Place>, first: number, last: number, fold: number): Held | undefined {
    let { place } = known;
    if (place === undefined || place.held.length === 0) place = known.place = this.#places.get(known.key);
    if (place === undefined) return undefined;
    for (let at = place.held.length - 1; at >= 0; at--) {
      const held = place.held[at];
      if (held !== undefined && first <= held.alert.last_seen + fold && last >= held.alert.first_seen - fold)
        return held;
    }
    return undefined;
  }

  #open(
    match: Match,
    { entity, field, host }: About,
    key: string,
    historic: boolean,
    first: number,
    last: number,
  ): void {
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
    pending.story = match;
    pending.count = count;
    pending.history.push({ at: match.event.event['event.ingested'], by: SELF, action: 'opened', note: '' });
    this.#keep(pending, 0, match.evidence);
    this.#hold(pending.alert, key, pending);
  }

  #grow(held: Held, match: Match, { host }: About, first: number, last: number): void {
    const { rule } = match;
    const pending = held.pending ?? this.#changeHeld(held);
    const { alert } = pending;
    const seen = alert.evidence_count;
    alert.count += match.count;
    alert.evidence_count += match.evidence.length;
    if (last >= alert.last_seen) {
      alert.host = host;
      alert.last_seen = last;
      pending.story = match;
      pending.count = alert.count;
    }
    if (first < alert.first_seen) alert.first_seen = first;
    if (rule.level !== alert.level && levelRank(rule.level) > levelRank(alert.level)) {
      const at = match.event.event['event.ingested'];
      pending.history.push({ at, by: SELF, action: 'opened', note: `Raised from ${alert.level} to ${rule.level}` });
      alert.level = rule.level;
    }
    this.#keep(pending, seen, match.evidence);
    this.#alerts.touch(held);
  }

  /** `from` is the number of evidence events that came before. Only the last ones of a large match have a place left. */
  #keep({ evidence: kept, slots }: Pending, from: number, evidence: readonly Located[]): void {
    const skipped = Math.max(0, from + evidence.length - EVIDENCE.last);
    let place = from;
    for (const located of evidence) {
      if (place < EVIDENCE.first || place >= skipped) {
        const slot = evidenceSlot(place);
        if (kept[slot] === undefined) slots.push(slot);
        kept[slot] = located;
      }
      place++;
    }
  }

  #changeHeld(held: Held): Pending {
    const pending = this.#change(held.alert, held.alert.status);
    held.alert = pending.alert;
    return (held.pending = pending);
  }

  /** `before` counts for the first change of a batch only. */
  #change(alert: Alert, before: AlertStatus | undefined): Pending {
    const changed = this.#pending.get(alert.id);
    if (changed !== undefined) return changed;
    const pending: Pending = {
      alert: { ...alert },
      before,
      evidence: [],
      slots: [],
      history: [],
      story: undefined,
      count: 0,
    };
    this.#pending.set(alert.id, pending);
    return pending;
  }

  /** An alert that was not held until now is the one with the latest news; the quietest go when there are too many. */
  #hold(alert: Alert, key: string, pending: Pending | undefined): void {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = { key, held: [] }));
    const held: Held = { name: alert.id, older: undefined, newer: undefined, alert, place, pending };
    this.#alerts.open(held);
    place.held = [...place.held, held].toSorted((left, right) => Number(left.name) - Number(right.name));
    const [oldest] = place.held;
    if (place.held.length > MAX_PER_KEY && oldest !== undefined) this.#release(oldest);
    const quietest = this.#alerts.oldest;
    if (this.#alerts.size > this.#maxAlerts && quietest !== undefined) this.#release(quietest);
  }

  #release(held: Held): void {
    this.#letGo(held);
    this.#released++;
  }

  #letGo(held: Held): void {
    const { place } = held;
    this.#alerts.remove(held);
    place.held = place.held.filter((other) => other !== held);
    if (place.held.length === 0) this.#places.delete(place.key);
  }
}

/** `recovered` as the store gives it back; `maxAlerts` bounds what is held to fold into. */
export function folder(
  recovered: { readonly alerts: readonly Alert[]; readonly lastAlertId: number },
  maxAlerts: number = MAX_ALERTS,
): Folder {
  return new Folding(recovered.alerts, recovered.lastAlertId, maxAlerts);
}
