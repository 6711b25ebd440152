import { type FormEvent, useState } from 'react';
import { AGENT_NAME, type AgentStatus, type Problem, type RouteResponse } from '#contract';
import { api, problemOf } from '../../api.ts';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { Dialog } from './Dialog.tsx';
import css from './Dialogs.module.css';
import { Refused } from './Refused.tsx';
import { Token } from './Token.tsx';

export interface Inviting {
  /** '' where it is still to be chosen. */
  readonly name: string;
  /** It is enrolled: its key ends when the token is used. */
  readonly again: boolean;
}

interface Props {
  readonly inviting: Inviting;
  readonly agents: readonly AgentStatus[];
  readonly onInvited: () => void;
  readonly onClose: () => void;
}

interface Invited {
  readonly invitation: RouteResponse<'addAgent'>;
  /** Keys that it had before: another one means that the token was used. */
  readonly before: ReadonlySet<string>;
}

export function InviteDialog({ inviting, agents, onInvited, onClose }: Props) {
  const [invited, setInvited] = useState<Invited>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const invite = async (name: string, again: boolean): Promise<void> => {
    setBusy(true);
    try {
      const before = new Set(agents.find((agent) => agent.name === name)?.keys.map(({ id }) => id));
      setInvited({ invitation: await api.call('addAgent', { body: { name, again } }), before });
      setProblem(undefined);
      onInvited();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const name = invited?.invitation.name ?? inviting.name;
  return (
    <Dialog
      title={
        name === '' ? (
          'Invite a machine'
        ) : (
          <>
            Invite <Log text={name} />
          </>
        )
      }
      onClose={onClose}
    >
      {(close) =>
        invited === undefined ? (
          <Ask
            inviting={inviting}
            agents={agents}
            busy={busy}
            problem={problem}
            invite={(to, again) => void invite(to, again)}
          />
        ) : (
          <Token invitation={invited.invitation} used={isUsed(invited, agents)} onClose={close} />
        )
      }
    </Dialog>
  );
}

function isUsed({ invitation, before }: Invited, agents: readonly AgentStatus[]): boolean {
  const agent = agents.find(({ name }) => name === invitation.name);
  return agent !== undefined && agent.invitation === null && agent.keys.some(({ id }) => !before.has(id));
}

interface AskProps extends Pick<Props, 'inviting' | 'agents'> {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly invite: (name: string, again: boolean) => void;
}

function Ask({ inviting, agents, busy, problem, invite }: AskProps) {
  const [typed, setTyped] = useState(inviting.name);
  const [odd, setOdd] = useState(false);
  const name = typed.trim();
  const fixed = inviting.name !== '';
  const taken = agents.some((agent) => agent.name === name && agent.keys.length > 0);
  const again = fixed ? inviting.again : taken;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setOdd(!AGENT_NAME.test(name));
    if (AGENT_NAME.test(name)) invite(name, again);
  };
  return (
    <form className={css['words']} onSubmit={submit}>
      {fixed ? null : (
        <>
          <label className={css['label']}>
            Its name here
            <span className={ui['field']}>
              <input
                value={typed}
                placeholder="attic"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                maxLength={63}
                aria-describedby="name-rule"
                aria-invalid={odd}
                onChange={(event) => {
                  setTyped(event.target.value);
                  setOdd(false);
                }}
              />
            </span>
          </label>
          <p id="name-rule" className={odd ? css['refused'] : css['hint']} role={odd ? 'alert' : undefined}>
            Small letters, digits, and between them . _ and -. Its events carry this name.
          </p>
        </>
      )}
      <p>
        {again
          ? 'It is enrolled already. Its key ends when the new token is used, not before.'
          : 'You get a token for that machine: good for one use, within half an hour.'}
      </p>
      <Refused problem={problem} />
      <div className={css['acts']}>
        <button className={`${ui['button']} ${ui['lamp']}`} type="submit" disabled={busy}>
          Make a token
        </button>
      </div>
    </form>
  );
}
