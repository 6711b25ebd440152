/**
 * Text as it comes → the pieces in it that are for us: lines, or `<Event …>…</Event>`. What lies between is left out and told. Of a piece no more than
 * LIMITS.bytes characters are held; the rest of it passes through.
 */
import { LIMITS } from '#contract';

export interface Piece {
  readonly text: string;
  readonly cut: boolean;
}

export type Cutter = (text: string) => Piece[];

/** Longest end or beginning that may be split between two texts. */
const EVENT_END = '</Event>';
const EVENT_START = /<Event[\s>]/g;

/** Lines; CR LF ends one too. Blank ones are none. `room`: characters of a line that are held. */
export function lineCutter(room: number): Cutter {
  let held = '';
  let cut = false;
  return (text) => {
    const pieces: Piece[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = keep(held, text.slice(from, end), room);
      const whole = line.text.replace(/\r$/, '');
      if (whole.trim() !== '') pieces.push({ text: whole, cut: cut || line.cut });
      held = '';
      cut = false;
      from = end + 1;
    }
    const rest = keep(held, text.slice(from), room);
    held = rest.text;
    cut ||= rest.cut;
    return pieces;
  };
}

/** Elements called `Event`. `onGarbage`: text other than blanks between two of them. */
export function eventCutter(onGarbage: () => void, room: number = LIMITS.bytes): Cutter {
  let held = '';
  let isInside = false;
  let cut = false;

  function outside(pieces: Piece[]): boolean {
    EVENT_START.lastIndex = 0;
    const start = EVENT_START.exec(held)?.index ?? -1;
    const before = start < 0 ? held.slice(0, Math.max(0, held.length - EVENT_END.length)) : held.slice(0, start);
    if (before.replace(/^\ufeff?<\?xml[^>]*\?>/, '').trim() !== '') onGarbage();
    held = held.slice(before.length);
    isInside = start >= 0;
    return isInside && inside(pieces);
  }

  /** True where another event may follow in what is held. */
  function inside(pieces: Piece[]): boolean {
    const end = held.indexOf(EVENT_END);
    if (end >= 0) {
      const stop = end + EVENT_END.length;
      const piece = keep('', held.slice(0, stop), room);
      pieces.push({ text: piece.text, cut: cut || piece.cut });
      held = held.slice(stop);
      isInside = false;
      cut = false;
      return true;
    }
    // The last characters may be the first ones of the end.
    if (held.length > room + EVENT_END.length) {
      cut = true;
      held = held.slice(0, room) + held.slice(-EVENT_END.length);
    }
    return false;
  }

  return (text) => {
    const pieces: Piece[] = [];
    held += text;
    while (isInside ? inside(pieces) : outside(pieces));
    return pieces;
  };
}

function keep(held: string, more: string, room: number): Piece {
  const fits = room - held.length;
  return more.length <= fits ? { text: held + more, cut: false } : { text: held + more.slice(0, fits), cut: true };
}
