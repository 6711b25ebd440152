import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { valueText } from '#ui/model';
import { copyText } from '../state/browser.ts';
import { Icon } from './Icon.tsx';
import css from './ui.module.css';

/** A command and a button that copies exactly what is shown: no hidden line end can ride along. */
export function Command({ command, name = 'command' }: { readonly command: string; readonly name?: string }) {
  const shown = valueText(command);
  const [copied, setCopied] = useState<boolean>();
  const copy = async (): Promise<void> => setCopied(await copyText(shown));
  return (
    <span className={css['command']}>
      <code>
        <bdi>{shown}</bdi>
      </code>
      <button
        className={`${css['button']} ${css['bare']}`}
        type="button"
        aria-label={`Copy ${name}`}
        onClick={() => void copy()}
      >
        <Icon of={copied === true ? Check : Copy} small />
      </button>
      <span className={css['sr']} role="status">
        {copied === undefined
          ? ''
          : copied
            ? 'Copied'
            : 'This browser does not allow copying. Select the text instead.'}
      </span>
    </span>
  );
}
