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
import { cut, LENGTHS, lookup, sentenceForm, steps, withCount } from './render.ts';

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

interface Pending {
  alert: Alert;
  /** undefined when this batch opened it. */
  readonly before: AlertStatus | undefined;
  readonly evidence: Map<number, Evidence>;
  readonly history: HistoryEntry[];
}

interface About {
  readonly entity: string;
  readonly field: string;
  readonly host: string;
}

const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

const text = (match: Match, field: string): string => lookup(match, 0)(field) ?? '';

function aboutOf(match: Match): About {
  const host = cut(text(match, 'host.name'), LENGTHS.line);
  const field = match.rule.entityFields.find((name) => text(match, name) !== '');
  if (field !== undefined) return { entity: cut(text(match, field), LENGTHS.line), field, host };
  return { entity: host, field: host === '' ? '' : 'host.name', host };
}

const standsAlone = (field: string): boolean =>
  field.endsWith('.ip') || field.endsWith('.address') || field === 'host.name';

type KeyParts = Pick<Alert, 'rule' | 'entity' | 'entity_field' | 'host' | 'historic'>;
const keyOf = ({ rule, entity, entity_field, host, historic }: KeyParts): string =>
  JSON.stringify([historic, rule.id, entity_field, entity, standsAlone(entity_field) ? '' : host]);

const isFoldable = (alert: Alert): boolean => alert.status !== 'closed';

function tell(match: Match, count: number): Pick<Alert, 'sentence' | 'sentence_form' | 'steps'> {
  const sentence_form = sentenceForm(match);
  return { sentence: withCount(sentence_form, count), sentence_form, steps: steps(match, lookup(match, count)) };
}

/** A late match changes the count, not the story. */
const recount = ({ sentence, sentence_form }: Alert, count: number): Pick<Alert, 'sentence'> => ({
  sentence: sentence_form === undefined ? sentence : withCount(sentence_form, count),
});

class Folding implements Folder {
  /** Quiet longest first. */
  readonly #alerts = new Map<string, Alert>();
  /** Ids by key, lowest first: where several alerts fit a match, the one opened last takes it, also after a restart. */
  readonly #byKey = new Map<string, string[]>();
  readonly #pending = new Map<string, Pending>();
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
      const times = [event, ...evidence].map((located) => timeOf(located.event));
      const first = times.reduce((least, time) => Math.min(least, time));
      const last = times.reduce((most, time) => Math.max(most, time));
      const key = keyOf({ rule, entity: about.entity, entity_field: about.field, host: about.host, historic });
      const alert = this.#find(key, first, last, rule.foldSeconds * 1000);
      if (alert === undefined) this.#open(match, about, historic, first, last);
      else this.#grow(alert, match, about, first, last);
    }
  }

  setStatus(id: string, status: AlertStatus, by: string, note: string, at: number, stored?: Alert): boolean {
    const alert = this.#pending.get(id)?.alert ?? this.#alerts.get(id) ?? (stored?.id === id ? stored : undefined);
    if (alert === undefined) return false;
    if (alert.status === status && note === '') return true;
    const changed = { ...alert, status };
    const pending = this.#change(changed, alert.status);
    pending.history.push({ at, by, action: status, note: cut(note, MAX_NOTE) });
    if (isFoldable(changed)) this.#hold(changed);
    else this.#letGo(changed);
    return true;
  }

  take(): readonly AlertChange[] {
    const changes = [...this.#pending.values()].map(({ alert, evidence, history, before }) => ({
      alert,
      evidence: [...evidence.values()],
      history: [...history],
      ...(before === undefined ? {} : { before }),
    }));
    this.#pending.clear();
    return changes;
  }

  #find(key: string, first: number, last: number, fold: number): Alert | undefined {
    for (const id of (this.#byKey.get(key) ?? []).toReversed()) {
      const alert = this.#alerts.get(id);
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
      ...tell(match, count),
      tags: rule.tags,
      historic,
    };
    const pending = this.#change(alert, undefined);
    pending.history.push({ at: match.event.event['event.ingested'], by: SELF, action: 'opened', note: '' });
    this.#keep(pending, 0, match.evidence);
    this.#hold(alert);
  }

  #grow(alert: Alert, match: Match, { host }: About, first: number, last: number): void {
    const { rule } = match;
    const count = alert.count + match.count;
    const rises = levelRank(rule.level) > levelRank(alert.level);
    const grown: Alert = {
      ...alert,
      ...(last >= alert.last_seen ? { host, ...tell(match, count) } : recount(alert, count)),
      level: rises ? rule.level : alert.level,
      count,
      evidence_count: alert.evidence_count + match.evidence.length,
      first_seen: Math.min(alert.first_seen, first),
      last_seen: Math.max(alert.last_seen, last),
    };
    const pending = this.#change(grown, alert.status);
    const at = match.event.event['event.ingested'];
    if (rises)
      pending.history.push({ at, by: SELF, action: 'opened', note: `Raised from ${alert.level} to ${rule.level}` });
    this.#keep(pending, alert.evidence_count, match.evidence);
    this.#hold(grown);
  }

  /** `from` is the number of evidence events that came before. Only the last ones of a large match have a place left. */
  #keep(pending: Pending, from: number, evidence: readonly Located[]): void {
    const skipped = Math.max(0, from + evidence.length - EVIDENCE.last);
    evidence.forEach((located, at) => {
      const place = from + at;
      if (place >= EVIDENCE.first && place < skipped) return;
      const slot = evidenceSlot(place);
      pending.evidence.set(slot, { slot, id: located.id, event: located.event });
    });
  }

  /** `before` counts for the first change of a batch only. */
  #change(alert: Alert, before: AlertStatus | undefined): Pending {
    const fresh = { alert, before, evidence: new Map<number, Evidence>(), history: [] };
    const pending: Pending = this.#pending.get(alert.id) ?? fresh;
    pending.alert = alert;
    this.#pending.set(alert.id, pending);
    return pending;
  }

  /** Puts an alert at the end, as the one with the latest news, and lets the quietest go when there are too many. */
  #hold(alert: Alert): void {
    const known = this.#alerts.delete(alert.id);
    this.#alerts.set(alert.id, alert);
    if (known) return;
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
