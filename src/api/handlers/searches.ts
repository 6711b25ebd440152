import { CodedError, isoTime } from '#contract';
import { fieldsLike, parseStatement, placeAt, type SavedSearch, type Store, writtenValue } from '#store';
import type { Handlers, Means } from '../handler.ts';

const MOST_VALUES = 20;
/** Values are offered from the last day: what is typed now is mostly about now. */
const RECENT = 86_400_000;

const wireSearch = ({ name, query, saved }: SavedSearch) => ({ name, query, saved: isoTime(saved) });

type Names = 'completeQuery' | 'listSearches' | 'saveSearch' | 'removeSearch';

export function searchHandlers({ backend: { store }, now }: Means): Handlers<Names> {
  return {
    completeQuery: {
      kind: 'parsed',
      async handle({ query: { q, at }, signal }) {
        const place = placeAt(q, Math.min(at, q.length));
        if (place === undefined) return { from: at, to: at, items: [] };
        const { from, to, typed, wanted } = place;
        if (wanted.kind === 'field')
          return { from, to, items: (await fieldsFor(store, typed, signal)).map((text) => ({ text, detail: '' })) };
        if (wanted.kind === 'value')
          return { from, to, items: await valuesLike(store, wanted.field, typed, now(), signal) };
        const words = wanted.words.filter((word) => word.startsWith(typed.toLowerCase()));
        return { from, to, items: words.map((text) => ({ text, detail: '' })) };
      },
    },
    listSearches: {
      kind: 'parsed',
      handle: async () => ({ items: (await store.searches()).map(wireSearch), next: null }),
    },
    saveSearch: {
      kind: 'parsed',
      async handle({ params: { name }, body: { query } }) {
        parseStatement(query, now());
        const search = { name, query, saved: now() };
        await store.saveSearch(search);
        return wireSearch(search);
      },
    },
    removeSearch: {
      kind: 'parsed',
      async handle({ params: { name } }) {
        if (!(await store.removeSearch(name))) throw new CodedError('NOT_FOUND', `There is no saved search ${name}.`);
        return { name };
      },
    },
  };
}

async function fieldsFor(store: Store, typed: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return fieldsLike(typed, await store.fields(signal));
  } catch (error) {
    if (error instanceof CodedError && error.code === 'SLOW_QUERY') return fieldsLike(typed, []);
    throw error;
  }
}

async function valuesLike(store: Store, field: string, typed: string, at: number, signal: AbortSignal) {
  const name = `"${field.replace(/["\\]/g, '\\$&')}"`;
  const q = /^[\w.@-]+$/.test(typed) ? `${name}:${typed}*` : `${name}:*`;
  const asked = { q, field, limit: MOST_VALUES, from: at - RECENT, to: undefined };
  try {
    const { values } = await store.values(asked, signal);
    return values.map(({ value, count }) => ({ text: writtenValue(value), detail: count.toLocaleString('en') }));
  } catch (error) {
    // A field that nobody has, or too much to count in time: there is nothing to offer.
    if (error instanceof CodedError && (error.code === 'BAD_QUERY' || error.code === 'SLOW_QUERY')) return [];
    throw error;
  }
}
