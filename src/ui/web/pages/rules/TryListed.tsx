import { useState } from 'react';
import type { ListedRule } from '#contract';
import { trialName, type TrialSpan } from '#ui/model';
import ui from '../../parts/ui.module.css';
import { useTrial } from '../../state/backtest.ts';
import { SpanMenu } from './SpanMenu.tsx';
import css from './Trial.module.css';
import { TrialResult } from './TrialResult.tsx';

/** What a rule of the list would have said of what is kept, whether it runs or not. */
export function TryListed({ rule }: { readonly rule: ListedRule }) {
  const trial = useTrial();
  const [span, setSpan] = useState<TrialSpan>('-30d');
  const running = trial.state === 'running';
  return (
    <>
      <div className={css['ask']}>
        <button
          className={ui['button']}
          type="button"
          aria-label={trialName(span)}
          disabled={running}
          onClick={() => trial.start({ id: rule.id, from: span })}
        >
          Try it on the
        </button>
        <SpanMenu span={span} onChoose={setSpan} disabled={running} />
      </div>
      {trial.state === 'idle' ? null : <TrialResult trial={trial} heading="h2" />}
    </>
  );
}
