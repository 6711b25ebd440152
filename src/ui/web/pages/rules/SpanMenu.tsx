import { TRIAL_SPANS, type TrialSpan } from '#ui/model';
import ui from '../../parts/ui.module.css';
import css from './Trial.module.css';

interface Props {
  readonly span: TrialSpan;
  readonly onChoose: (span: TrialSpan) => void;
  readonly disabled: boolean;
}

/** On what a rule is tried. */
export function SpanMenu({ span, onChoose, disabled }: Props) {
  return (
    <label className={`${ui['button']} ${css['span']}`}>
      <span className={ui['sr']}>Tried on the</span>
      <select
        value={span}
        disabled={disabled}
        onChange={({ target }) => onChoose(TRIAL_SPANS.find(({ from }) => from === target.value)?.from ?? span)}
      >
        {TRIAL_SPANS.map(({ from, label }) => (
          <option key={from} value={from}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
