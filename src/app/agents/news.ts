/** What the watch found, as events of our own, and the end of the alerts they made: whoever is back needs nobody's click. */
import { AGENT_DATASET, isoTime, type RawRecord, type SourceTag } from '#contract';
import type { Store, StoredAlert } from '#store';
import type { Hub } from '../hub.ts';
import type { News, Standing } from './watch.ts';

/** Our own rules for these events, and what they say of an agent. */
export const AGENT_RULES: Readonly<Record<string, Exclude<Standing, 'live'>>> = {
  '5b0c8f0e-6b3c-4d0a-9f61-2f8f3c0b7a11': 'silent',
  'c1a7d9b2-94d4-4f0e-8a55-7e3b6d2f9c48': 'stuck',
};

const TITLES = { 'agent-silent': 'failure', 'agent-stuck': 'failure', 'agent-back': 'success' } as const;

export interface Announcer {
  /** Resolves once it is committed, and alerts that it ends are closed. */
  announce(news: News): Promise<void>;
  /** Agents with an alert that is not closed, and what it says of them. */
  alarms(): Promise<ReadonlyMap<string, Exclude<Standing, 'live'>>>;
}

interface Parts {
  readonly hub: Pick<Hub, 'put' | 'settled' | 'setStatus'>;
  readonly store: Pick<Store, 'alerts'>;
  readonly hostName: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export function announcer({ hub, store, hostName, now, signal }: Parts): Announcer {
  const source: SourceTag = { id: 'agents', agent: 'local', host: hostName, type: 'porchlight' };

  async function unfinished(): Promise<readonly StoredAlert[]> {
    const pages = await Promise.all(
      (['open', 'acknowledged'] as const).map((status) => store.alerts({ status, kind: 'Agents', q: '', limit: 500 })),
    );
    return pages.flatMap(({ items }) => items).filter(({ alert }) => Object.hasOwn(AGENT_RULES, alert.rule.id));
  }

  return {
    async announce(news) {
      await hub.put([recordOf(news, source, now())], signal);
      if (news.action !== 'agent-back') return;
      // An alert that is just being made must be there to be closed.
      await hub.settled();
      for (const { alert } of await unfinished())
        if (alert.entity === news.agent)
          await hub.setStatus(alert.id, 'closed', 'porchlight', `${news.agent} ${news.says}`);
    },
    async alarms() {
      const found = await unfinished();
      return new Map(found.map(({ alert }) => [alert.entity, AGENT_RULES[alert.rule.id] ?? 'silent']));
    },
  };
}

function recordOf({ agent, action, says }: News, source: SourceTag, at: number): RawRecord {
  const fields = {
    '@timestamp': isoTime(at),
    'host.name': agent,
    'event.dataset': AGENT_DATASET,
    'event.kind': 'event',
    'event.category': ['host'],
    'event.type': ['info'],
    'event.action': action,
    'event.outcome': TITLES[action],
    'event.reason': says,
    'labels.product': 'porchlight',
    'labels.service': 'agent',
    message: `${agent} ${says}`,
  };
  return { source, received: at, text: JSON.stringify(fields) };
}
