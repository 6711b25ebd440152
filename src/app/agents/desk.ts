/**
 * Agents, all of it in one place: registry, quota, listener, watch. Two faces: the desk for people, the intake for the listener.
 */
import type { AgentDesk, AgentIntake, BatchAnswer } from '#api';
import { type AgentMessage, CodedError, type Config, isoTime } from '#contract';
import { printable } from '#lib/printable';
import type { Counters } from '#lib/counters';
import type { Store } from '#store';
import type { Hub } from '../hub.ts';
import type { SourceBoard } from '../source-board.ts';
import { createListening } from './listening.ts';
import { announcer } from './news.ts';
import { createQuota } from './quota.ts';
import { openRegistry } from './registry.ts';
import { tokenText } from './secrets.ts';
import { stateOf, statusOf } from './status.ts';
import { createWatch, type News, TICK } from './watch.ts';

export interface DeskOptions {
  readonly config: Config;
  readonly dataFolder: string;
  readonly hostName: string;
  readonly hub: Hub;
  readonly store: Store;
  readonly board: SourceBoard;
  readonly counters: Counters;
  readonly now: () => number;
  readonly onFault: (fault: unknown, where: string) => void;
}

export interface OpenDesk extends AgentDesk {
  close(): Promise<void>;
}

/** Ticks between two looks at the certificate. */
const LOOK_EVERY = 6;

export async function openDesk(options: DeskOptions): Promise<OpenDesk> {
  const { config, hub, store, board, counters, now, onFault } = options;
  const ending = new AbortController();
  const reserved = [options.hostName, ...config.http.keys.map(({ name }) => name)];
  const registry = await openRegistry({ store, reserved, now });
  const quota = createQuota(config.agents.quota, () => performance.now());
  const listening = createListening({ config: config.agents, folder: options.dataFolder, counters, now, onFault });
  const news = announcer({ hub, store, hostName: options.hostName, now, signal: ending.signal });
  const watch = createWatch();
  const listeners = new Set<(message: AgentMessage) => void>();
  const seen = new Map<string, number>();
  /** News are told one after another: back must not overtake silent. */
  let telling: Promise<unknown> = Promise.resolve();

  function changed(name: string): void {
    const entry = registry.find(name);
    const at = seen.get(name);
    const message: AgentMessage = {
      name,
      state: entry === undefined ? 'removed' : stateOf(entry, watch.standing(name)),
      last_seen: at === undefined ? null : isoTime(at),
    };
    show(message);
    for (const listener of listeners) listener(message);
  }

  function show({ name, state }: AgentMessage): void {
    const id = `agent:${name}`;
    const alwaysOn = watch.standing(name) !== 'silent' || !watch.sleeps(name);
    if (state === 'live') board.set(id, 'following', 'an agent');
    else if (state === 'stuck') board.set(id, 'failed', 'an agent that runs and forwards nothing');
    else if (state === 'silent' && alwaysOn) board.set(id, 'failed', 'an agent that is not heard');
    else if (state === 'silent') board.set(id, 'waiting', 'an agent that sleeps');
    else board.remove(id);
  }

  function tell(found: readonly News[]): void {
    for (const one of found) {
      changed(one.agent);
      telling = telling
        .then(() => news.announce(one))
        .catch((error: unknown) => {
          if (!ending.signal.aborted) onFault(error, `news of ${printable(one.agent)}`);
        });
    }
  }

  const intake: AgentIntake = {
    identify: (key) => registry.identify(key),
    admit: ({ key }) => quota.admit(key),
    spend: ({ key }, bytes) => quota.spend(key, bytes),
    async enroll(secret) {
      const reply = await registry.redeem(secret);
      listening.cut(reply.agent);
      watch.add(reply.agent);
      changed(reply.agent);
      return reply;
    },
    rotate: (who) => registry.rotate(who),
    async submit(who, body): Promise<BatchAnswer> {
      const outcome = await hub.submitAgent({ body, agent: who.agent, key: who.key });
      registry.used(who);
      const taken = outcome.kind === 'taken' ? outcome : { accepted: 0, report: undefined };
      if (outcome.kind === 'taken') seen.set(who.agent, now());
      tell(watch.heard(who.agent, taken));
      changed(who.agent);
      if (outcome.kind !== 'taken') return outcome;
      const { accepted, repeated, mark } = outcome;
      const rotate = registry.find(who.agent)?.rotating === true ? { rotate: true as const } : {};
      return { kind: 'taken', reply: { status: 'ok', accepted, repeated, mark, ...rotate } };
    },
  };

  /** Listens where there is anybody to listen to; one that was revoked shall hear why it is not let in. */
  async function attend(): Promise<void> {
    const wanted = registry
      .entries()
      .some(
        ({ keys, revoked, invitation }) =>
          keys.length > 0 || revoked || (invitation !== null && now() < invitation.expires),
      );
    if (!wanted) await listening.close();
    else if (!ending.signal.aborted) await listening.open(intake);
    board.remove('agents');
  }

  /** The same, where nobody waits for the answer: what is wrong stands among the sources until it is mended. */
  async function keepAttending(): Promise<void> {
    try {
      await attend();
      await listening.look();
    } catch (error) {
      board.set('agents', 'failed', (error as Error).message);
    }
  }

  await resume();
  await keepAttending();
  const timer = startTimer();

  /** What was known before a restart. Silence counts from now. */
  async function resume(): Promise<void> {
    const [alarms, ledgers] = [await news.alarms(), await store.ledgers()];
    for (const { name, keys } of registry.entries()) {
      const ledger = ledgers.find(({ agent }) => agent === name);
      if (ledger !== undefined) seen.set(name, ledger.seen);
      if (keys.length === 0) continue;
      const alarm = alarms.get(name);
      watch.add(name, { report: ledger?.report, ...(alarm === undefined ? {} : { alarm }) });
      changed(name);
    }
  }

  function startTimer(): NodeJS.Timeout {
    let last = performance.now();
    let ticks = 0;
    return setInterval(() => {
      const passed = performance.now() - last;
      last += passed;
      tell(watch.tick(passed));
      if (++ticks % LOOK_EVERY === 0) void keepAttending();
    }, TICK);
  }

  /** An agent whose keys are gone: its connections end, nobody waits for it, and its alerts are over. */
  async function dismiss(name: string, end: () => Promise<void>): Promise<void> {
    const ended = end();
    listening.cut(name);
    const alarmed = watch.standing(name) !== 'live';
    watch.drop(name);
    await ended;
    changed(name);
    if (alarmed) tell([{ agent: name, action: 'agent-back', says: 'is not an agent any more' }]);
    await keepAttending();
  }

  return {
    async list() {
      const [entries, ledgers] = await Promise.all([store.agents(), store.ledgers()]);
      const place = listening.place();
      const items = entries.map((entry) => {
        const ledger = ledgers.find(({ agent }) => agent === entry.name);
        return statusOf(entry, ledger, watch.standing(entry.name));
      });
      return { items, next: null, listening: place ?? null };
    },
    async add(name, again) {
      // The token names the certificate: nobody is invited to a door that does not open.
      await listening.open(intake);
      const invited = await registry.invite(name, again).finally(() => void keepAttending());
      const place = listening.place();
      if (place === undefined) throw new CodedError('AGENTS_LISTEN', 'The server is closing.');
      changed(name);
      const urls = listening.urls();
      const { secret, expires } = invited;
      return {
        name,
        token: tokenText({ urls, ca: place.ca, secret, expires }),
        expires: isoTime(expires),
        urls: [...urls],
      };
    },
    revoke: (name) => dismiss(name, () => registry.revoke(name)),
    remove: (name) => dismiss(name, () => registry.remove(name)),
    async rotate(name) {
      await registry.askToRotate(name);
      changed(name);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      clearInterval(timer);
      ending.abort();
      await listening.close();
      await telling;
    },
  };
}
