import { Check } from 'lucide-react';
import type { RouteResponse } from '#contract';
import { clockMinute, duration } from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import css from './Dialogs.module.css';

interface Props {
  readonly invitation: RouteResponse<'addAgent'>;
  /** The machine has come in with it. */
  readonly used: boolean;
  readonly onClose: () => void;
}

/** The token, once, and what to type on the other machine. It is gone when this closes. */
export function Token({ invitation: { name, token, expires, urls }, used, onClose }: Props) {
  const left = Date.parse(expires) - useNow(1000);
  return (
    <div className={css['words']}>
      <ol className={css['steps']}>
        <li>
          <span>
            Type on <Log text={name} />, and paste the token when it asks:
          </span>
          <Command command="porchlight agent enroll" />
          <Command command={token} name="token" />
        </li>
        <li>
          <span>Start it, by hand or as a service:</span>
          <Command command="porchlight agent" />
        </li>
        <li>
          <span>See what it reads and sends:</span>
          <Command command="porchlight agent status" />
        </li>
      </ol>
      <p className={css['hint']}>
        It will look for this server at <Log text={urls.slice(0, 3).join(', ')} />.
      </p>
      <div role="status" className={css['standing']}>
        {used ? (
          <p className={css['in']}>
            <Icon of={Check} small /> <Log text={name} /> is enrolled. The token is used up.
          </p>
        ) : left > 0 ? (
          <p>
            The token is shown only now. It is good until {clockMinute(expires)},{' '}
            <span aria-hidden="true">{duration(left)} from now, </span>for one use.
          </p>
        ) : (
          <p>The token has ended. Close this and make another.</p>
        )}
      </div>
      <div className={css['acts']}>
        <button className={`${ui['button']} ${used ? ui['lamp'] : ''}`} type="button" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  );
}
