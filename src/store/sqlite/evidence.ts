/**
 * Evidence of alerts: the events an alert shows, each in a slot (`#contract` alert has the slots). Under attack half of all events are
 * evidence, and most of it is overtaken within seconds. So what is new only points at the events of its own commit; it is copied when
 * those are sealed.
 *
 *   evidence        one row a slot, as JSON: what earlier releases wrote                        oldest
 *   evidence_kept   one row an alert: copies, for as long as there is the alert
 *   evidence_hot    one row an alert and commit since the last sealing, a later one over an earlier     newest
 *
 *      commit 17          ──▶ evidence_hot   alert 7, batch 17: slot 20 is event 17-3801, slot 21 is 17-3805
 *      sealing through 17 ──▶ evidence_kept  alert 7: copies of 17-3801 and 17-3805, and of what was there in other slots
 *
 * - `places` is a JSON list of numbers, four a slot: slot, batch, ordinal, `@timestamp`.
 * - `events` is a batch (`../encoded-batch.ts`) of copies, of the first places, in their order. The other places of a hot row lie in its batch.
 * - Rows move in the transaction in which their batches go, so a place never points at nothing. Reading has to happen in one transaction too.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Event, EVIDENCE, type Evidence, newFields, parseEventId } from '#contract';
import { type BatchView, DamagedBatch, encodeBatch, packBatch, viewBatch } from '../encoded-batch.ts';
import type { Commit } from '../store.ts';

interface Place {
  readonly slot: number;
  readonly batch: number;
  readonly ordinal: number;
  readonly time: number;
}

/** A place, and its event where there is a copy of it. */
interface Copied extends Place {
  readonly event: (() => Event) | undefined;
}

type Row = Record<string, unknown>;

/** Numbers of `Commit.held` for each piece of evidence: slot, ordinal, time. */
const HELD = 3;

/** Within the commit's transaction. */
export function evidenceWriter(db: DatabaseSync): (commit: Commit) => void {
  const set = db.prepare('INSERT OR REPLACE INTO evidence_hot (alert, batch, places, events) VALUES (?, ?, ?, ?)');
  return (commit) => {
    for (const [alert, slots] of slotsOf(commit)) {
      const all = [...slots.values()];
      const copies = all.filter(({ event }) => event !== undefined);
      const places = [...copies, ...all.filter(({ event }) => event === undefined)];
      set.run(alert, commit.batch, placesText(places), copies.length === 0 ? null : packed(copies));
    }
  };
}

type Slots = Map<number, Copied>;

/** By alert: the same one may come twice, and then the later word counts. */
function slotsOf({ batch, alerts, held }: Commit): Map<number, Slots> {
  const found = new Map<number, Slots>();
  let at = 0;
  for (const { alert, evidence } of alerts) {
    const count = held?.[at++] ?? 0;
    if (count === 0 && evidence.length === 0) continue;
    const id = Number(alert.id);
    let slots = found.get(id);
    if (slots === undefined) found.set(id, (slots = new Map()));
    for (const { slot, id: eventId, event } of evidence) {
      const place = parseEventId(eventId);
      if (place === undefined) throw new RangeError(`Evidence of alert ${alert.id} has no event id: ${eventId}`);
      slots.set(slot, { slot, ...place, time: event['@timestamp'], event: () => event });
    }
    for (const end = at + count * HELD; at < end; at += HELD) {
      const [slot = 0, ordinal = 0, time = 0] = held?.subarray(at, at + HELD) ?? [];
      slots.set(slot, { slot, batch, ordinal, time, event: undefined });
    }
  }
  return found;
}

const placesText = (places: readonly Place[]): string =>
  JSON.stringify(places.flatMap(({ slot, batch, ordinal, time }) => [slot, batch, ordinal, time]));

const packed = (copies: readonly Copied[]): Uint8Array =>
  packBatch(encodeBatch(copies.flatMap(({ event }) => (event === undefined ? [] : event()))).bytes);

/** Throws DamagedBatch. */
function eventAt(view: BatchView, ordinal: number): Event {
  if (!hasEvent(view, ordinal)) throw new DamagedBatch(`its batch has no event ${ordinal}`);
  return view.event(ordinal);
}

const hasEvent = ({ count }: BatchView, ordinal: number): boolean =>
  Number.isInteger(ordinal) && ordinal >= 0 && ordinal < count;

/** A row that was changed on the disk; anything else is a fault of ours. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof DamagedBatch || error instanceof SyntaxError;

/** Throws what `isDamage` tells. */
export function copiedOf(row: Row): Copied[] {
  const numbers: unknown = JSON.parse(String(row['places']));
  if (!Array.isArray(numbers)) throw new DamagedBatch('its places are none');
  const blob = row['events'];
  const view = blob instanceof Uint8Array ? viewBatch(blob) : undefined;
  view?.verify();
  return Array.from({ length: Math.floor(numbers.length / 4) }, (_, index): Copied => {
    const number = (part: number): number => Number(numbers[index * 4 + part]);
    const event = view !== undefined && index < view.count ? () => view.event(index) : undefined;
    return { slot: number(0), batch: number(1), ordinal: number(2), time: number(3), event };
  });
}

/** Nothing where the row cannot be read: what is older stays in its slots. */
function readable(row: Row, report: (reason: string) => void): Copied[] {
  try {
    return copiedOf(row);
  } catch (error) {
    if (!isDamage(error)) throw error;
    report(`evidence of alert ${String(row['alert'])}: ${error.message}`);
    return [];
  }
}

/** How much of it a list shows; undefined: all. */
export type Most = { readonly first: number; readonly last: number } | undefined;

export interface EvidenceReader {
  /** In the order of time. */
  of(alert: number, most: Most): Evidence[];
  /** After a transaction: lets go of the batches that were opened in it. */
  close(): void;
}

/** Batches open at a time: evidence of the alerts of a list lies in few, and a batch of a flood takes milliseconds to open. */
const MOST_OPEN = 16;

/** `report` hears of what cannot be read; it is left out. */
export function evidenceReader(db: DatabaseSync, report: (reason: string) => void): EvidenceReader {
  const old = db.prepare('SELECT slot, batch, ordinal, time, event FROM evidence WHERE alert = ?');
  const kept = db.prepare('SELECT alert, places, events FROM evidence_kept WHERE alert = ?');
  const hotRows = 'SELECT alert, places, events FROM evidence_hot WHERE alert = ? ORDER BY batch';
  const hot = { oldestFirst: db.prepare(hotRows), newestFirst: db.prepare(`${hotRows} DESC`) };
  const batches = db.prepare('SELECT events FROM batch WHERE id = ?');
  const views = new Map<number, BatchView>();
  const viewOf = (batch: number): BatchView => {
    const known = views.get(batch);
    if (known !== undefined) return known;
    const bytes = batches.get(batch)?.['events'];
    if (!(bytes instanceof Uint8Array)) throw new DamagedBatch('its batch is gone');
    const [oldest] = views.keys();
    if (views.size >= MOST_OPEN && oldest !== undefined) views.delete(oldest);
    const view = viewBatch(bytes);
    views.set(batch, view);
    return view;
  };
  /** Under a flood an alert has a row a commit. The newest tell all that is overwritten, the oldest what stays: those between are not read. */
  const hotPlaces = (alert: number): Slots => {
    const slots: Slots = new Map();
    const isRing = (slot: number): boolean => slot >= EVIDENCE.first;
    const read = (rows: Iterable<Row>, most: number, wanted: (slot: number) => boolean): void => {
      let found = 0;
      for (const row of rows) {
        for (const copied of readable(row, report)) {
          if (!wanted(copied.slot) || slots.has(copied.slot)) continue;
          slots.set(copied.slot, copied);
          found++;
        }
        if (found >= most) return;
      }
    };
    read(hot.newestFirst.iterate(alert), EVIDENCE.last, isRing);
    read(hot.oldestFirst.iterate(alert), EVIDENCE.first, (slot) => !isRing(slot));
    return slots;
  };
  const placesOf = (alert: number): Copied[] => {
    const slots: Slots = new Map();
    for (const row of old.all(alert)) slots.set(Number(row['slot']), oldCopy(row));
    for (const row of kept.all(alert)) for (const copied of readable(row, report)) slots.set(copied.slot, copied);
    for (const [slot, copied] of hotPlaces(alert)) slots.set(slot, copied);
    return [...slots.values()].toSorted(byTime);
  };
  return {
    of(alert, most) {
      const places = placesOf(alert);
      const cut = most !== undefined && places.length > most.first + most.last;
      const shown = cut ? [...places.slice(0, most.first), ...places.slice(-most.last)] : places;
      return shown.flatMap(({ slot, batch, ordinal, event }): Evidence | [] => {
        try {
          return { slot, id: `${batch}-${ordinal}`, event: event?.() ?? eventAt(viewOf(batch), ordinal) };
        } catch (error) {
          if (!isDamage(error)) throw error;
          report(`evidence of alert ${alert}: ${error.message}`);
          return [];
        }
      });
    },
    close: () => views.clear(),
  };
}

const byTime = (a: Place, b: Place): number => a.time - b.time || a.batch - b.batch || a.ordinal - b.ordinal;

function oldCopy(row: Row): Copied {
  const event = (): Event => {
    const record: object = JSON.parse(String(row['event']));
    return Object.setPrototypeOf(record, Object.getPrototypeOf(newFields()) as object);
  };
  const [slot, batch, ordinal, time] = ['slot', 'batch', 'ordinal', 'time'].map((name) => Number(row[name]));
  return { slot: slot ?? 0, batch: batch ?? 0, ordinal: ordinal ?? 0, time: time ?? 0, event };
}

/** What a sealing puts into `evidence_kept`. */
interface Moved {
  readonly alert: number;
  readonly places: string;
  readonly events: Uint8Array;
}

export interface EvidenceMover {
  /** Before the transaction: hot rows up to `through` never change. `viewOf`: a batch that is being sealed; undefined where it is damaged. */
  copy(through: number, viewOf: (batch: number) => BatchView | undefined): readonly Moved[];
  /** Within the transaction in which the batches go. */
  settle(through: number, moved: readonly Moved[]): void;
}

export function evidenceMover(db: DatabaseSync): EvidenceMover {
  const hot = db.prepare('SELECT alert, places, events FROM evidence_hot WHERE batch <= ? ORDER BY alert, batch');
  const kept = db.prepare('SELECT alert, places, events FROM evidence_kept WHERE alert = ?');
  const keep = db.prepare('INSERT OR REPLACE INTO evidence_kept (alert, places, events) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM evidence_hot WHERE batch <= ?');
  // Whoever looks at the alert is told of what cannot be read.
  const quietly = (row: Row): Copied[] => readable(row, () => undefined);
  return {
    copy(through, viewOf) {
      const byAlert = new Map<number, Slots>();
      for (const row of hot.iterate(through)) {
        const alert = Number(row['alert']);
        let slots = byAlert.get(alert);
        if (slots === undefined) {
          slots = new Map();
          const before = kept.get(alert);
          if (before !== undefined) for (const copied of quietly(before)) slots.set(copied.slot, copied);
          byAlert.set(alert, slots);
        }
        for (const place of quietly(row)) {
          if (place.event !== undefined) slots.set(place.slot, place);
          const view = place.event === undefined ? viewOf(place.batch) : undefined;
          if (view !== undefined && hasEvent(view, place.ordinal))
            slots.set(place.slot, { ...place, event: () => view.event(place.ordinal) });
        }
      }
      return [...byAlert].flatMap(([alert, slots]): Moved | [] => {
        // The place of each copy is told by its position.
        const copies = [...slots.values()].filter(({ event }) => event !== undefined);
        return copies.length === 0 ? [] : { alert, places: placesText(copies), events: packed(copies) };
      });
    },
    settle(through, moved) {
      for (const { alert, places, events } of moved) keep.run(alert, places, events);
      remove.run(through);
    },
  };
}
