import { RANGES, splitPipe, withTerm } from '#ui/model';
import { useAddress } from '../../state/address.ts';
import type { Range } from '../../state/events.ts';

/** What the page looks at. All of it is in the address, so that a link shows somebody else the same. */
export interface Looking {
  /** What was asked for, as one text. */
  readonly key: string;
  readonly q: string;
  /** The part of it that finds events. */
  readonly query: string;
  /** It makes a table instead of a list. */
  readonly isTable: boolean;
  /** A key of RANGES, or 'own' for a span that was drawn. */
  readonly rangeKey: string;
  readonly range: Range;
  readonly search: (q: string) => void;
  readonly choose: (rangeKey: string) => void;
  readonly zoom: (from: number, to: number) => void;
  readonly only: (field: string, value: string) => void;
  readonly not: (field: string, value: string) => void;
  /** An address that shows the same events whenever it is opened. */
  readonly permalink: () => string;
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
  const { query, pipe } = splitPipe(q);
  return {
    key: JSON.stringify([q, range]),
    q,
    query,
    isTable: pipe !== undefined,
    rangeKey: own ? 'own' : (choice?.key ?? USUAL),
    range,
    search: (next) => change({ q: next.trim() }),
    choose: (key) => change({ range: key === USUAL ? '' : key, from: '', to: '' }),
    zoom: (start, end) => change({ from: new Date(start).toISOString(), to: new Date(end).toISOString(), range: '' }),
    only: (field, value) => change({ q: withTerm(q, field, value, false) }),
    not: (field, value) => change({ q: withTerm(q, field, value, true) }),
    permalink: () => permalink(q, range),
  };
}

function permalink(q: string, { from, to }: Range): string {
  const url = new URL(location.href);
  const now = Date.now();
  const hours = /^-(\d+)([smhd])$/.exec(from ?? '');
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[hours?.[2] ?? ''];
  const start = unit === undefined ? from : new Date(now - Number(hours?.[1]) * unit).toISOString();
  url.search = '';
  url.searchParams.set('q', q);
  if (start !== undefined) url.searchParams.set('from', start);
  url.searchParams.set('to', to ?? new Date(now).toISOString());
  return url.href;
}

const stamp = (text: string | null): string | undefined =>
  text === null || Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString();
