/** Routes about detection rules. */
import { type BacktestRequest, CodedError } from '#contract';
import type { Trial } from '../backend.ts';
import type { Handlers, Means } from '../handler.ts';
import { timeRange } from '../time-bound.ts';

type Names = 'listRules' | 'switchRule' | 'reloadRules' | 'backtestRule';

export function ruleHandlers({ backend, now }: Means): Handlers<Names> {
  return {
    listRules: { kind: 'parsed', handle: () => ({ ...backend.rules(), next: null }) },
    switchRule: {
      kind: 'parsed',
      async handle({ body: { id, to } }) {
        const rule = await backend.switchRule(id, to ?? undefined);
        if (rule === undefined) throw new CodedError('NOT_FOUND', `There is no rule ${id}.`);
        return rule;
      },
    },
    reloadRules: {
      kind: 'parsed',
      async handle() {
        const { items, problems } = await backend.reloadRules();
        return { rules: items.length, problems: problems.length };
      },
    },
    backtestRule: {
      kind: 'lines',
      handle: ({ body, signal }) => backend.backtest(trialOf(body, now()), signal),
    },
  };
}

function trialOf({ rule, id, from, to, host }: BacktestRequest, now: number): Trial {
  const range = timeRange({ from, to }, now);
  return {
    rule: rule === undefined ? { id: id ?? '' } : { text: rule },
    from: range.from ?? 0,
    to: Math.min(range.to ?? now, now),
    host,
  };
}
