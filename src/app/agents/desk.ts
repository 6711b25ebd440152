/**
 * Agents, all of it in one place: registry, quota, listener, presence. Two faces: the desk for people, the intake for the listener.
 */
import type { AgentDesk, AgentIntake, BatchAnswer } from '#api';
import { CodedError, type Config, isoTime } from '#contract';
import type { Counters } from '#lib/counters';
import type { Store } from '#store';
import type { Hub } from '../hub.ts';
import type { SourceBoard } from '../source-board.ts';
import { createListening, type Listening } from './listening.ts';
import { announcer } from './news.ts';
import { createPresence, type Presence } from './presence.ts';
import { createQuota } from './quota.ts';
import { createLanes } from './lanes.ts';
import { openRegistry, type Registry } from './registry.ts';
import { tokenText } from './secrets.ts';
import { statusOf } from './status.ts';
import { createWatch, TICK } from './watch.ts';

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
  /** What the timer does: `ms` went by. */
  pass(ms: number): void;
  /** Resolves when everything that was found so far was told. */
  told(): Promise<void>;
  close(): Promise<void>;
}

/** Ticks between two looks at the certificate. */
const LOOK_EVERY = 6;

export async function openDesk(options: DeskOptions): Promise<OpenDesk> {
  const { config, hub, store, board, counters, now, onFault, hostName } = options;
  const ending = new AbortController();
  const reserved = [hostName, ...config.http.keys.map(({ name }) => name)];
  const registry = await openRegistry({ store, reserved, now });
  const listening = createListening({ config: config.agents, folder: options.dataFolder, counters, now, onFault });
  const news = announcer({ hub, store, hostName, now, signal: ending.signal });
  const watch = createWatch();
  const presence = createPresence({ watch, find: registry.find, board, announcer: news, now, onFault });
  const intake = intakeOf({ registry, listening, presence, hub, config });

  /** Listens where there is anybody to listen to; one that was revoked shall hear why it is not let in. */
  async function attend(): Promise<void> {
    const wanted = registry
      .entries()
      .some(({ keys, revoked, invitation }) => keys.length > 0 || revoked || (invitation?.expires ?? 0) > now());
    if (!wanted) await listening.close();
    else if (!ending.signal.aborted) await listening.open(intake);
    await listening.look();
    const place = listening.place();
    if (place === undefined) board.remove('agents');
    else board.set('agents', 'following', `agents connect to ${place.address} port ${place.port}`);
  }

  /** Nobody waits for the answer: what is wrong stands among the sources until it is mended. */
  const keepAttending = (): Promise<void> =>
    attend().catch((error: unknown) => board.set('agents', 'failed', (error as Error).message));

  await resume(registry, presence, store, await news.alarms());
  await keepAttending();
  const stopTimer = everyTick((ms, tick) => {
    presence.pass(ms);
    if (tick % LOOK_EVERY === 0) void keepAttending();
  });

  /** An agent whose keys are gone: its connections end and nobody waits for it. */
  async function dismiss(name: string, end: () => Promise<void>): Promise<void> {
    const ended = end();
    listening.cut(name);
    presence.dismiss(name);
    await ended;
    await keepAttending();
  }

  return {
    async list() {
      const [entries, ledgers] = await Promise.all([store.agents(), store.ledgers()]);
      const items = entries.map((entry) => {
        const ledger = ledgers.find(({ agent }) => agent === entry.name);
        return statusOf(entry, ledger, presence.standing(entry.name));
      });
      return { items, next: null, listening: listening.place() ?? null };
    },
    async add(name, again) {
      registry.check(name, again);
      // The token names the certificate: nobody is invited to a door that does not open.
      await listening.open(intake);
      try {
        const { secret, expires } = await registry.invite(name, again);
        const place = listening.place();
        if (place === undefined) throw new CodedError('AGENTS_LISTEN', 'The server is closing.');
        presence.changed(name);
        const urls = listening.urls();
        const token = tokenText({ urls, ca: place.ca, secret, expires });
        return { name, token, expires: isoTime(expires), urls: [...urls] };
      } finally {
        await keepAttending();
      }
    },
    revoke: (name) => dismiss(name, () => registry.revoke(name)),
    remove: (name) => dismiss(name, () => registry.remove(name)),
    async rotate(name) {
      await registry.askToRotate(name);
      presence.changed(name);
    },
    onChange: presence.onChange,
    pass: presence.pass,
    told: presence.told,
    async close() {
      stopTimer();
      ending.abort();
      presence.close();
      await listening.close();
    },
  };
}

/** What was known before a restart. Silence counts from now. */
async function resume(
  registry: Registry,
  presence: Presence,
  store: Store,
  alarms: Awaited<ReturnType<ReturnType<typeof announcer>['alarms']>>,
): Promise<void> {
  const ledgers = new Map((await store.ledgers()).map((ledger) => [ledger.agent, ledger]));
  for (const { name, keys } of registry.entries()) {
    if (keys.length === 0) continue;
    const ledger = ledgers.get(name);
    const alarm = alarms.get(name);
    presence.welcome(name, {
      report: ledger?.report,
      ...(ledger === undefined ? {} : { seen: ledger.seen }),
      ...(alarm === undefined ? {} : { alarm }),
    });
  }
}

function everyTick(work: (ms: number, tick: number) => void): () => void {
  let last = performance.now();
  let tick = 0;
  const timer = setInterval(() => {
    const passed = performance.now() - last;
    last += passed;
    work(passed, ++tick);
  }, TICK);
  return () => clearInterval(timer);
}

interface IntakeParts {
  readonly registry: Registry;
  readonly listening: Listening;
  readonly presence: Presence;
  readonly hub: Hub;
  readonly config: Config;
}

function intakeOf({ registry, listening, presence, hub, config }: IntakeParts): AgentIntake {
  const quota = createQuota(config.agents.quota, () => performance.now());
  const lanes = createLanes();
  return {
    identify: registry.identify,
    admit({ agent }) {
      // It is there, whatever becomes of its batch: a quota or a full disk of ours is not its silence.
      presence.heard(agent, { accepted: 0, report: undefined });
      return quota.admit(agent);
    },
    spend: ({ agent }, bytes) => quota.spend(agent, bytes),
    async enroll(secret) {
      const reply = await registry.redeem(secret);
      // Connections that its former keys came over.
      listening.cut(reply.agent);
      presence.welcome(reply.agent);
      return reply;
    },
    rotate: registry.rotate,
    async submit(who, body): Promise<BatchAnswer> {
      const outcome = await lanes.submit(who, body, () => {
        // It may have waited, and its key may be gone by now.
        if (registry.find(who.agent)?.keys.some(({ id }) => id === who.key) === true)
          return hub.submitAgent({ body, agent: who.agent, key: who.key });
        throw new CodedError('UNAUTHORIZED', 'The key was revoked.');
      });
      registry.used(who);
      if (outcome.kind !== 'taken') return outcome;
      presence.heard(who.agent, outcome);
      const { accepted, repeated, mark } = outcome;
      const rotate = registry.find(who.agent)?.rotating === true ? { rotate: true as const } : {};
      return { kind: 'taken', reply: { status: 'ok', accepted, repeated, mark, ...rotate } };
    },
  };
}
