/** The listener alone, over an intake that only notes what reaches it: real TLS, small limits. */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type AgentIdentity, type AgentIntake, type AgentsLimits, type AgentsListener, listenForAgents } from '#api';
import { CodedError } from '#contract';
import { type Counters, counters as createCounters } from '#lib/counters';
import { makeAuthority, makeServerCertificate } from '../../../src/app/agents/certificate.ts';
import { fingerprint } from '../../../src/app/agents/credentials.ts';
import { type Door, openDoor } from '../../../src/app/agents/door.fixture.ts';

export const authority = makeAuthority();

export const certificateOf = (names: readonly string[]): { key: string; cert: string } => {
  const day = 86_400_000;
  const made = makeServerCertificate(authority, { names, from: Date.now() - day, until: Date.now() + day });
  return { key: made.key, cert: made.cert + authority.cert };
};

export interface Served {
  readonly door: Door;
  readonly listener: AgentsListener;
  readonly counters: Counters;
  readonly key: string;
  readonly faults: unknown[];
  /** What reached the intake past every gate. */
  readonly taken: { readonly who: AgentIdentity; readonly bytes: number }[];
  readonly intake: { -readonly [K in keyof AgentIntake]: AgentIntake[K] };
}

export async function serveAgents(t: TestContext, limits: Partial<AgentsLimits> = {}): Promise<Served> {
  const key = randomBytes(32).toString('base64url');
  const counters = createCounters();
  const taken: Served['taken'] = [];
  const faults: unknown[] = [];
  const intake: Served['intake'] = {
    identify: (given) => (given === key ? { agent: 'attic', key: 'k1' } : undefined),
    admit: () => 0,
    spend: () => undefined,
    enroll: (secret) =>
      secret === 'good' ? Promise.resolve({ agent: 'attic', key }) : Promise.reject(new CodedError('TOKEN', '')),
    rotate: () => Promise.resolve({ agent: 'attic', key }),
    submit(who, body) {
      taken.push({ who, bytes: body.length });
      return Promise.resolve({ kind: 'taken', reply: { status: 'ok', accepted: 0, repeated: 0, mark: 0 } });
    },
  };
  const credentials = certificateOf(['127.0.0.1']);
  const onFault = (fault: unknown): void => void faults.push(fault);
  const listener = await listenForAgents({
    intake,
    counters,
    credentials,
    host: '127.0.0.1',
    port: 0,
    limits,
    onFault,
  });
  t.after(() => listener.close());
  const door = await openDoor({ urls: [`https://127.0.0.1:${listener.port}`], ca: fingerprint(authority.cert) });
  return { door, listener, counters, key, faults, taken, intake };
}
