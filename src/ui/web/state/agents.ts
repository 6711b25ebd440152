/** The agents, as they stand while they are looked at. */
import type { AgentMessage, AgentStatus, RouteResponse } from '#contract';
import { api } from '../api.ts';
import { useLiveBatch } from '../live/react.ts';
import { useEvery, usePaced } from './house.tsx';
import { type Resource, useResource } from './resource.ts';

export type AgentList = RouteResponse<'listAgents'>;

/** A busy agent is heard several times a second; how it stands is drawn at once, its account at most this often. ms. */
const PACE = 1000;
const RENEW = 30_000;

export function useAgents(): Resource<AgentList> {
  const list = useResource('agents', (signal) => api.call('listAgents', { signal }));
  const renew = usePaced(list.reload, PACE);
  useEvery(RENEW, list.reload);
  useLiveBatch((batch) => {
    if (batch.agents.length > 0) list.set((old) => ({ ...old, items: applyAgents(old.items, batch.agents) }));
    if (batch.agents.length > 0 || batch.resync) renew();
  });
  return list;
}

function applyAgents(items: readonly AgentStatus[], heard: readonly AgentMessage[]): AgentStatus[] {
  const byName = new Map(heard.map((message) => [message.name, message]));
  return items.flatMap((agent) => {
    const message = byName.get(agent.name);
    if (message === undefined) return [agent];
    if (message.state === 'removed') return [];
    return [{ ...agent, state: message.state, last_seen: message.last_seen ?? agent.last_seen }];
  });
}
