/**
 * What is known of one channel while it is read: which records are new, which are missing, and whether the log was cleared.
 *
 * Record numbers (EventRecordID) rise by one. Wherever reading begins again it begins with the last record we had: if that one comes, the
 * numbering is the same and nothing is missing before it. A jump in the numbers is a gap. A lower number, or our number with another time,
 * is another numbering. That a log ends before our record is believed only when the record itself does not come either.
 */
import type { Start } from './feed.ts';
import type { WindowsEvent } from './event-json.ts';
import { advance, type Place, renumbered, startOf } from './place.ts';

/**
 * `gap`: records [from, to) were gone before they were read. `cleared`: the log was, and how many it held nobody can say. `unsure`: our record
 * alone is gone and the next one is there. Most likely it was overwritten; but a cleared log that was filled again looks the same.
 */
export type ChannelLoss =
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  | { readonly kind: 'cleared' | 'unsure' };

/** `again`: read on from another place than the reader stands at. */
export type Step = { readonly next: 'on' | 'again'; readonly isNew: boolean; readonly loss?: ChannelLoss };

export interface Channel {
  /** Where to begin: from now on the last record is expected. */
  begin(): Start;
  event(event: WindowsEvent): Step;
  caughtUp(newest: number | undefined): Step;
  readonly place: Place;
}

const ON: Step = { next: 'on', isNew: false };
const AGAIN: Step = { next: 'again', isNew: false };
/** So often nothing of what is there may come before reading begins anew. */
const PATIENCE = 5;

export function channelAt(name: string, begun: Place, now: () => number): Channel {
  let place = begun;
  let expectsLast = false;
  /** Figures of the log that were wrong once are not believed again. */
  let distrusts = false;
  /** Reading began anew because the log seems to end before our record. */
  let suspects = false;
  let waited = 0;
  /** Our record when reading began anew because nothing came. */
  let renewedAt: number | undefined;
  let isEmptied = false;

  const told = (next: Step['next']): Step => ({
    next,
    isNew: false,
    ...(isEmptied ? {} : { loss: { kind: 'cleared' } }),
  });

  function clear(): Step {
    place = renumbered(place, name, now());
    suspects = false;
    const step = told('again');
    isEmptied = false;
    return step;
  }

  /** Nothing is in it: what comes next tells how it is numbered. */
  function emptied(): Step {
    const step = told('on');
    isEmptied = true;
    return step;
  }

  /** Records are there and none comes. */
  function waitFor(newest: number, last: number): Step {
    waited = newest > last ? waited + 1 : 0;
    if (waited < PATIENCE) return ON;
    waited = 0;
    distrusts = renewedAt === last;
    renewedAt = last;
    return distrusts ? ON : AGAIN;
  }

  return {
    begin() {
      expectsLast = place.last !== undefined;
      return startOf(place);
    },
    event({ id, stamp }) {
      const { last } = place;
      if (last !== undefined && (id < last.id || (id === last.id && stamp !== last.stamp))) return clear();
      const isUnsure = expectsLast && id !== last?.id;
      expectsLast = false;
      if (last !== undefined && id === last.id) {
        distrusts ||= suspects;
        suspects = false;
        return ON;
      }
      waited = 0;
      isEmptied = false;
      place = advance(place, { id, stamp });
      const from = last === undefined ? id : last.id + 1;
      if (id > from) return { next: 'on', isNew: true, loss: { kind: 'gap', from, to: id } };
      return { next: 'on', isNew: true, ...(isUnsure ? { loss: { kind: 'unsure' } } : {}) };
    },
    caughtUp(newest) {
      const { last } = place;
      if (last === undefined || distrusts) return ON;
      // An empty log may also be one whose figures we may not see.
      if (newest === undefined) return expectsLast ? emptied() : ON;
      if (newest >= last.id) return waitFor(newest, last.id);
      if (expectsLast) return clear();
      suspects = true;
      return AGAIN;
    },
    get place() {
      return place;
    },
  };
}
