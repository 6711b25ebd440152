import { X } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { trialName, type TrialSpan } from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import { useTrial } from '../../state/backtest.ts';
import { SpanMenu } from './SpanMenu.tsx';
import css from './Trial.module.css';
import { TrialResult } from './TrialResult.tsx';

const EXAMPLE = `title: Somebody became root
id: 5f9a2b1c-3d4e-4f60-8a7b-9c0d1e2f3a4b
status: test
level: high
logsource:
  product: linux
detection:
  selection:
    process.name: sudo
    user.name: anna
  condition: selection`;

/** A rule of one's own, tried before it is added. */
export function TryOwn({ onClose }: { readonly onClose: () => void }) {
  const trial = useTrial();
  const [text, setText] = useState('');
  const [span, setSpan] = useState<TrialSpan>('-30d');
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const running = trial.state === 'running';
  const place = trial.problem?.problems?.[0];
  const start = (): void => {
    if (text.trim() !== '' && !running) trial.start({ rule: text, from: span });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    start();
  };
  return (
    <section className={`${ui['sheet']} ${css['own']}`} aria-labelledby={id}>
      <div className={ui['secHead']}>
        <h2 id={id}>Try a rule of your own</h2>
        <button className={`${ui['button']} ${ui['bare']}`} type="button" aria-label="Close" onClick={onClose}>
          <Icon of={X} small />
        </button>
      </div>
      <form onSubmit={submit}>
        <label>
          <span className={ui['sr']}>The rule, as Sigma YAML</span>
          <textarea
            ref={box}
            autoFocus
            className={css['text']}
            value={text}
            rows={Math.min(30, Math.max(12, text.split('\n').length + 1))}
            maxLength={60_000}
            placeholder={EXAMPLE}
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            aria-invalid={place !== undefined}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={key}
          />
        </label>
        <div className={css['ask']}>
          <button
            className={`${ui['button']} ${ui['lamp']}`}
            type="submit"
            aria-label={trialName(span)}
            disabled={running || text.trim() === ''}
          >
            Try it on the
          </button>
          <SpanMenu span={span} onChoose={setSpan} disabled={running} />
          {place === undefined ? null : (
            <button className={ui['button']} type="button" onClick={() => goTo(box.current, place)}>
              Go to line {place.line}
            </button>
          )}
        </div>
      </form>
      {trial.state === 'idle' ? (
        <p className={css['hint']}>Nothing is stored and nobody is told. Ctrl Enter tries it.</p>
      ) : (
        <TrialResult trial={trial} heading="h3" />
      )}
      {trial.done === undefined ? null : (
        <div className={css['keep']}>
          <p>To keep it, put it into a file of a folder, such as my-rules/became-root.yml, and type:</p>
          <Command command="porchlight rules add my-rules" />
        </div>
      )}
    </section>
  );
}

/** Line and column from 1; the rest of the line is selected. */
function goTo(
  box: HTMLTextAreaElement | null,
  { line, column = 1 }: { line: number; column?: number | undefined },
): void {
  if (box === null) return;
  const lines = box.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((all, one) => all + one.length + 1, 0);
  box.focus();
  box.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? 0));
  box.scrollTop = Math.max(0, ((line - 3) / Math.max(1, lines.length)) * box.scrollHeight);
}
