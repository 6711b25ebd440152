/** The detection rules, as they are in force, and what each has found of late. */
import { useState } from 'react';
import type { ListedRule, Problem, RouteResponse } from '#contract';
import { api, problemOf } from '../api.ts';
import { useEvery } from './house.tsx';
import { type Resource, useResource } from './resource.ts';

export type RuleBook = RouteResponse<'listRules'>;

/** ms; rules change seldom, and then by somebody who looks. */
const RENEW = 30_000;
/** How far back hits are counted, and of how many rules at most. */
const HITS = { from: '-7d', limit: 100 } as const;

export function useRules(): Resource<RuleBook> {
  const book = useResource('rules', (signal) => api.call('listRules', { signal }));
  useEvery(RENEW, book.reload);
  return book;
}

/** Events that matched, by the rule's id. Where the search takes too long there are no figures, and all else is there. */
export function useHits(): ReadonlyMap<string, number> | undefined {
  const { data } = useResource('hits', (signal) =>
    api.call('eventValues', { query: { field: 'porchlight.rule.id', ...HITS }, signal }),
  );
  return data === undefined ? undefined : new Map(data.values.map(({ value, count }) => [value, count]));
}

export interface Switching {
  /** Id of the rule that is being switched. */
  readonly busy: string | undefined;
  readonly problem: Problem | undefined;
  readonly to: (rule: ListedRule, position: 'on' | 'off') => void;
}

/** It answers when the change is in force, which takes as long as all rules take to compile. */
export function useSwitch(set: Resource<RuleBook>['set']): Switching {
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const change = async ({ id }: ListedRule, to: 'on' | 'off'): Promise<void> => {
    setBusy(id);
    try {
      const changed = await api.call('switchRule', { body: { id, to } });
      set((book) => ({ ...book, items: book.items.map((rule) => (rule.id === id ? changed : rule)) }));
      setProblem(undefined);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(undefined);
    }
  };
  return {
    busy,
    problem,
    to(rule, position) {
      if (busy === undefined) void change(rule, position);
    },
  };
}
