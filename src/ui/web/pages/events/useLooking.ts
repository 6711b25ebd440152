import { RANGES, withTerm } from '#ui/model';
import { useAddress } from '../../state/address.ts';
import type { Range } from '../../state/events.ts';

/** What the page looks at. All of it is in the address, so that a link shows somebody else the same. */
export interface Looking {
  /** What was asked for, as one text. */
  readonly key: string;
  readonly q: string;
  /** A key of RANGES, or 'own' for a span that was drawn. */
  readonly rangeKey: string;
  readonly range: Range;
  readonly search: (q: string) => void;
  readonly choose: (rangeKey: string) => void;
  readonly zoom: (from: number, to: number) => void;
  readonly only: (field: string, value: string) => void;
  readonly not: (field: string, value: string) => void;
}

const USUAL = '24h';

export function useLooking(): Looking {
  const [params, change] = useAddress();
  const q = params.get('q') ?? '';
  const from = stamp(params.get('from'));
  const to = stamp(params.get('to'));
  const own = from !== undefined || to !== undefined;
  const choice =
    RANGES.find((each) => each.key === (params.get('range') ?? USUAL)) ?? RANGES.find((each) => each.key === USUAL);
  const range = own
    ? { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    : choice?.from === undefined
      ? {}
      : { from: choice.from };
  return {
    key: JSON.stringify([q, range]),
    q,
    rangeKey: own ? 'own' : (choice?.key ?? USUAL),
    range,
    search: (next) => change({ q: next.trim() }),
    choose: (key) => change({ range: key === USUAL ? '' : key, from: '', to: '' }),
    zoom: (start, end) => change({ from: new Date(start).toISOString(), to: new Date(end).toISOString(), range: '' }),
    only: (field, value) => change({ q: withTerm(q, field, value, false) }),
    not: (field, value) => change({ q: withTerm(q, field, value, true) }),
  };
}

const stamp = (text: string | null): string | undefined =>
  text === null || Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString();
