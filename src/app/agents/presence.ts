/** How each agent stands, and everybody who is told: the sources list, the live stream, and people, by an event. */
import { type AgentMessage, isoTime } from '#contract';
import { printable } from '#lib/printable';
import type { AgentEntry } from '#store';
import type { SourceBoard } from '../source-board.ts';
import type { Announcer } from './news.ts';
import { stateOf } from './status.ts';
import { type Heard, type News, type Standing, type Watch } from './watch.ts';

export interface PresenceParts {
  readonly watch: Watch;
  readonly find: (name: string) => AgentEntry | undefined;
  readonly board: SourceBoard;
  readonly announcer: Announcer;
  readonly now: () => number;
  readonly onFault: (fault: unknown, where: string) => void;
}

export interface Presence {
  /** Begins to watch. `seen`: when it was last heard, before a restart. */
  welcome(name: string, before?: Parameters<Watch['add']>[1] & { readonly seen?: number }): void;
  heard(name: string, what: Heard): void;
  /** Time went by, ms. */
  pass(ms: number): void;
  /** Nobody waits for it any more, and what people were told of it is over. */
  dismiss(name: string): void;
  changed(name: string): void;
  standing(name: string): Standing;
  onChange(listener: (message: AgentMessage) => void): () => void;
  /** Nobody is told any more. What is being told is not waited for: it may wait for a store that keeps nothing. */
  close(): void;
  /** Resolves when everything so far was told. */
  told(): Promise<void>;
}

export function createPresence({ watch, find, board, announcer, now, onFault }: PresenceParts): Presence {
  const listeners = new Set<(message: AgentMessage) => void>();
  const seen = new Map<string, number>();
  /** News are told one after another: back must not overtake silent. */
  let telling: Promise<void> = Promise.resolve();
  let closed = false;

  function changed(name: string): void {
    const entry = find(name);
    const at = seen.get(name);
    const state = entry === undefined ? 'removed' : stateOf(entry, watch.standing(name));
    show(name, state);
    for (const listener of listeners) listener({ name, state, last_seen: at === undefined ? null : isoTime(at) });
  }

  function show(name: string, state: AgentMessage['state']): void {
    const id = `agent:${name}`;
    if (state === 'live') board.set(id, 'following', 'an agent');
    else if (state === 'stuck') board.set(id, 'failed', 'an agent that runs and forwards nothing');
    else if (state === 'silent' && watch.sleeps(name)) board.set(id, 'waiting', 'an agent that sleeps');
    else if (state === 'silent') board.set(id, 'failed', 'an agent that is not heard');
    else board.remove(id);
  }

  function tell(found: readonly News[]): void {
    if (closed) return;
    for (const one of found)
      telling = telling
        .then(() => announcer.announce(one))
        .catch((error: unknown) => {
          if (!closed) onFault(error, `news of ${printable(one.agent)}`);
        });
  }

  const standings = new Map<string, Standing>();
  return {
    welcome(name, { seen: at, ...before } = {}) {
      if (at !== undefined) seen.set(name, at);
      watch.add(name, before);
      changed(name);
    },
    heard(name, what) {
      seen.set(name, now());
      tell(watch.heard(name, what));
      changed(name);
    },
    pass(ms) {
      tell(watch.tick(ms));
      for (const name of watch.names()) {
        const standing = watch.standing(name);
        if (standings.get(name) !== standing) changed(name);
        standings.set(name, standing);
      }
    },
    dismiss(name) {
      const alarmed = watch.standing(name) !== 'live';
      watch.drop(name);
      standings.delete(name);
      changed(name);
      if (find(name) === undefined) seen.delete(name);
      if (alarmed) tell([{ agent: name, action: 'agent-back', says: 'is not an agent any more' }]);
    },
    changed,
    standing: (name) => watch.standing(name),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    told: () => telling,
    close: () => void (closed = true),
  };
}
