/**
 * Who may send as an agent: keys and invitations, in memory for every request, in the store for good.
 *
 * - Looking up a key touches memory only. All keys are compared each time, in constant time each.
 * - What takes a right away holds in memory first and is then written; what gives one is written first. A fault in between costs a right,
 *   it never leaves one.
 * - Changes happen one after another.
 */
import type { AgentIdentity } from '#api';
import { AGENT_NAME, CodedError, type EnrollReply } from '#contract';
import type { AgentEntry, AgentKey, Store } from '#store';
import { digestOf, isSame, newKeyId, newSecret } from './secrets.ts';

export interface RegistryOptions {
  readonly store: Pick<Store, 'agents' | 'saveAgent' | 'redeemInvitation' | 'removeAgent'>;
  /** Names that mean something else here: this machine, other senders. */
  readonly reserved: readonly string[];
  readonly now: () => number;
}

export interface Registry {
  entries(): readonly AgentEntry[];
  find(name: string): AgentEntry | undefined;
  identify(key: string): AgentIdentity | undefined;
  /** Whether it could be invited. Throws CodedError AGENT_EXISTS or BAD_REQUEST. */
  check(name: string, again: boolean): void;
  /** The token's secret is known to nobody else from here on. Throws as `check` does. */
  invite(name: string, again: boolean): Promise<{ readonly secret: string; readonly expires: number }>;
  /** Throws CodedError TOKEN. */
  redeem(secret: string): Promise<EnrollReply>;
  /** Throws CodedError UNAUTHORIZED where the key was revoked meanwhile. */
  rotate(who: AgentIdentity): Promise<EnrollReply>;
  /** The key did its work: of two, the older one ends with the first use of the newer. */
  used(who: AgentIdentity): void;
  /** Throws CodedError NOT_FOUND. */
  askToRotate(name: string): Promise<void>;
  revoke(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** ms that a token is good for. */
export const TOKEN_LIFE = 30 * 60_000;
const MOST_AGENTS = 1000;

export async function openRegistry({ store, reserved, now }: RegistryOptions): Promise<Registry> {
  const agents = new Map((await store.agents()).map((entry) => [entry.name, entry]));
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  function existing(name: string): AgentEntry {
    const entry = agents.get(name);
    if (entry === undefined) throw new CodedError('NOT_FOUND', `There is no agent ${name}.`);
    return entry;
  }

  /** Gives rights: they hold once they are kept. */
  async function grant(entry: AgentEntry): Promise<void> {
    await store.saveAgent(entry);
    agents.set(entry.name, entry);
  }

  /** Takes rights away: they end now, whatever the disk says. */
  async function restrict(entry: AgentEntry): Promise<void> {
    agents.set(entry.name, entry);
    await store.saveAgent(entry);
  }

  function makeKey(before: readonly AgentKey[]): { readonly secret: string; readonly key: AgentKey } {
    const secret = newSecret();
    // Of two keys the order tells which is the newer one, also where the clock was set back.
    const created = Math.max(now(), ...before.map((key) => key.created + 1));
    return { secret, key: { id: newKeyId(), digest: digestOf(secret), created, lastUsed: null } };
  }

  function invitedBy(secret: string): { readonly entry: AgentEntry; readonly digest: string } {
    const digest = digestOf(secret);
    for (const entry of agents.values()) {
      const { invitation } = entry;
      if (invitation !== null && isSame(invitation.digest, digest) && now() < invitation.expires)
        return { entry, digest };
    }
    throw new CodedError('TOKEN', '');
  }

  function check(name: string, again: boolean): void {
    checkName(name, reserved);
    const entry = agents.get(name);
    if (entry === undefined && agents.size >= MOST_AGENTS)
      throw new CodedError('AGENT_EXISTS', `There are ${MOST_AGENTS} agents already; remove one.`);
    if (entry !== undefined && entry.keys.length > 0 && !again)
      throw new CodedError('AGENT_EXISTS', `${name} is enrolled.`);
  }

  return {
    check,
    entries: () => [...agents.values()],
    find: (name) => agents.get(name),
    identify(key) {
      const digest = digestOf(key);
      let found: AgentIdentity | undefined;
      for (const { name, keys } of agents.values())
        for (const one of keys) if (isSame(one.digest, digest)) found = { agent: name, key: one.id };
      return found;
    },
    invite: (name, again) =>
      inTurn(async () => {
        check(name, again);
        const entry = agents.get(name);
        const secret = newSecret();
        const expires = now() + TOKEN_LIFE;
        const fresh: AgentEntry = { name, added: now(), revoked: false, rotating: false, invitation: null, keys: [] };
        await grant({ ...(entry ?? fresh), invitation: { digest: digestOf(secret), expires } });
        return { secret, expires };
      }),
    async redeem(secret) {
      // Outside the turn: a stranger's guess waits for nobody and costs no disk.
      invitedBy(secret);
      return inTurn(async () => {
        const { entry, digest } = invitedBy(secret);
        const made = makeKey(entry.keys);
        if (!(await store.redeemInvitation(entry.name, digest, made.key))) throw new CodedError('TOKEN', '');
        agents.set(entry.name, { ...entry, revoked: false, rotating: false, invitation: null, keys: [made.key] });
        return { agent: entry.name, key: made.secret };
      });
    },
    rotate: (who) =>
      inTurn(async () => {
        const entry = agents.get(who.agent);
        const current = entry?.keys.find(({ id }) => id === who.key);
        if (entry === undefined || current === undefined) throw new CodedError('UNAUTHORIZED', 'The key was revoked.');
        const made = makeKey(entry.keys);
        // A new key whose reply was lost was never used: this one takes its place.
        await grant({ ...entry, rotating: false, keys: [current, made.key] });
        return { agent: entry.name, key: made.secret };
      }),
    used(who) {
      const entry = agents.get(who.agent);
      if (entry === undefined || !isNewer(entry, who.key)) return;
      agents.set(who.agent, { ...entry, keys: entry.keys.slice(-1) });
      // A write that fails is made up for by the next one: memory holds one key from now on.
      const write = inTurn(async () => {
        const current = agents.get(who.agent);
        if (current !== undefined) await store.saveAgent(current);
      });
      write.catch(() => undefined);
    },
    askToRotate: (name) =>
      inTurn(async () => {
        const entry = existing(name);
        if (entry.keys.length === 0) throw new CodedError('NOT_FOUND', `${name} has no key to change.`);
        await grant({ ...entry, rotating: true });
      }),
    revoke: (name) => {
      const ended = { ...existing(name), ...NOTHING_LEFT };
      agents.set(name, ended);
      return inTurn(() => restrict(ended));
    },
    remove: (name) => {
      const ended = { ...existing(name), ...NOTHING_LEFT };
      agents.set(name, ended);
      return inTurn(async () => {
        agents.set(name, ended);
        await store.removeAgent(name);
        agents.delete(name);
      });
    },
  };
}

/** Of an entry whose rights end. */
const NOTHING_LEFT = { revoked: true, rotating: false, invitation: null, keys: [] } as const;

/** Of two keys, the one that was made last. */
const isNewer = ({ keys }: AgentEntry, id: string): boolean => keys.length > 1 && keys.at(-1)?.id === id;

function checkName(name: string, reserved: readonly string[]): void {
  if (!AGENT_NAME.test(name)) throw new CodedError('BAD_REQUEST', `'${name}' is no name for an agent.`);
  if (name === 'local' || reserved.some((other) => other.toLowerCase() === name))
    throw new CodedError('AGENT_EXISTS', `${name} means something else here: this server, or a key of http.keys.`);
}
