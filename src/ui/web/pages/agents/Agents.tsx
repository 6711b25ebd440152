import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { AgentStatus } from '#contract';
import { agentsRest, agentsSentence, orderAgents } from '#ui/model';
import { Command } from '../../parts/Command.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Log } from '../../parts/Log.tsx';
import { Trouble } from '../../parts/Trouble.tsx';
import ui from '../../parts/ui.module.css';
import { useAddress } from '../../state/address.ts';
import { useAgents } from '../../state/agents.ts';
import { usePageTitle } from '../../state/house.tsx';
import css from './Agents.module.css';
import { AgentTable } from './AgentTable.tsx';
import { DropDialog, type Dropping } from './DropDialog.tsx';
import { InviteDialog, type Inviting } from './InviteDialog.tsx';
import { Said, useDoings } from './useDoings.tsx';

/** The machines that send their logs here: how each stands, what came of what it read, and who else may come. */
export function Agents() {
  const list = useAgents();
  const [address, change] = useAddress();
  const [inviting, setInviting] = useState<Inviting>();
  const [dropping, setDropping] = useState<Dropping>();
  const doings = useDoings(list.reload);
  const items = list.data?.items ?? [];
  const opened = address.get('agent') ?? '';
  usePageTitle('Agents');
  return (
    <>
      <Head
        agents={list.data?.items}
        failed={list.problem !== undefined}
        onInvite={items.length === 0 ? undefined : () => setInviting({ name: '', again: false })}
      />
      <div className={ui['sheet']}>
        <Said doings={doings} />
        {list.problem === undefined || list.data !== undefined ? null : <Trouble problem={list.problem} />}
        {list.data !== undefined && items.length === 0 ? (
          <NoAgents onInvite={() => setInviting({ name: '', again: false })} />
        ) : null}
        {items.length === 0 ? null : (
          <AgentTable
            agents={orderAgents(items)}
            opened={opened}
            onOpen={(name) => change({ agent: name === opened ? '' : name })}
            does={{
              busy: doings.busy,
              rotate: doings.rotate,
              invite: ({ name, keys }) => setInviting({ name, again: keys.length > 0 }),
              drop: (agent, forget) => setDropping({ agent, forget }),
            }}
          />
        )}
      </div>
      <Door list={list.data} />
      {inviting === undefined ? null : (
        <InviteDialog
          inviting={inviting}
          agents={items}
          onInvited={list.reload}
          onClose={() => setInviting(undefined)}
        />
      )}
      {dropping === undefined ? null : (
        <DropDialog dropping={dropping} onDropped={doings.dropped} onClose={() => setDropping(undefined)} />
      )}
    </>
  );
}

interface HeadProps {
  readonly agents: readonly AgentStatus[] | undefined;
  readonly failed: boolean;
  readonly onInvite: (() => void) | undefined;
}

function Head({ agents, failed, onInvite }: HeadProps) {
  return (
    <header className={ui['head']}>
      <div>
        <h1>
          {agents !== undefined && agents.length > 0 ? (
            <Log text={agentsSentence(agents)} />
          ) : agents === undefined ? (
            failed ? (
              'The agents are not known'
            ) : (
              'One moment'
            )
          ) : (
            'No other machine reports yet'
          )}
        </h1>
        {agents === undefined || agents.length === 0 ? null : (
          <p>
            <Log text={agentsRest(agents)} />
            {failed ? ' This is from before: Porchlight does not answer now.' : ''}
          </p>
        )}
      </div>
      {onInvite === undefined ? null : (
        <button className={`${ui['button']} ${ui['lamp']}`} type="button" onClick={onInvite}>
          <Icon of={Plus} small />
          Invite a machine
        </button>
      )}
    </header>
  );
}

function NoAgents({ onInvite }: { readonly onInvite: () => void }) {
  return (
    <div className={ui['empty']}>
      <p>
        An agent sends the logs and the health of another machine here. It keeps them on its own disk until they have
        arrived, so nothing is lost while one of the two is away.
      </p>
      <button className={`${ui['button']} ${ui['lamp']}`} type="button" onClick={onInvite}>
        <Icon of={Plus} small />
        Invite a machine
      </button>
      <p className={css['or']}>Or type on this machine, with a name of your choice:</p>
      <Command command="porchlight agents add NAME" />
    </div>
  );
}

/** Where agents connect: what a firewall has to let through. */
function Door({
  list,
}: {
  readonly list: { readonly listening: { address: string; port: number } | null } | undefined;
}) {
  if (list?.listening === undefined || list.listening === null) return null;
  const { address, port } = list.listening;
  const where = address === '0.0.0.0' || address === '::' ? 'every address of this machine' : address;
  return (
    <p className={css['door']}>
      Agents connect over TLS to {where}, port {port}.
    </p>
  );
}
