import { Pause, Play, Radio } from 'lucide-react';
import { clock, thousands } from '#ui/model';
import { useLiveState } from '../../live/react.ts';
import { Icon } from '../../parts/Icon.tsx';
import ui from '../../parts/ui.module.css';
import css from './Events.module.css';

interface Props {
  readonly paused: number | undefined;
  readonly waiting: number;
  readonly overflown: boolean;
  /** The span that is looked at has ended: nothing comes in. */
  readonly fixedEnd: boolean;
  readonly onToggle: () => void;
}

/** Whether new events come in by themselves. It always has the same height, so that pausing moves nothing. */
export function TailBar({ paused, waiting, overflown, fixedEnd, onToggle }: Props) {
  const state = useLiveState();
  if (fixedEnd) return <div className={css['tail']} />;
  return (
    <div className={`${css['tail']} ${paused === undefined ? '' : css['lit']}`} role="status">
      <Icon of={paused === undefined ? Radio : Pause} small />
      {paused === undefined ? (
        <p className={ui['soft']}>
          {state === 'live' ? 'New events come in by themselves.' : 'Reconnecting, nothing is lost.'}
        </p>
      ) : (
        <p>
          <b className={ui['firm']}>Paused at {clock(paused)}.</b>{' '}
          <span className={ui['soft']}>
            <span className={css['stay']}>You stay where you are. </span>
            {waitWords(waiting, overflown)}
          </span>
        </p>
      )}
      <button className={ui['button']} type="button" onClick={onToggle}>
        <Icon of={paused === undefined ? Pause : Play} small />
        {paused === undefined ? 'Pause' : 'Resume'} <kbd>p</kbd>
      </button>
    </div>
  );
}

function waitWords(waiting: number, overflown: boolean): string {
  if (waiting === 0) return 'Nothing newer yet.';
  if (waiting === 1) return 'One newer event waits.';
  return `${overflown ? 'More than ' : ''}${thousands(waiting)} newer events wait.`;
}
