/** Routes about detection rules. */
import { CodedError } from '#contract';
import type { Handlers, Means } from '../handler.ts';

export function ruleHandlers({ backend }: Means): Handlers<'listRules' | 'switchRule' | 'reloadRules'> {
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
  };
}
