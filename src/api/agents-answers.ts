/**
 * What the agents' listener answers: three paths, each POST only. A request meets, in this order: path → key → quota → the body's limits → the
 * key once more, since it may have been revoked while the body was on its way → the commit.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AGENT_PATHS, CodedError, type SequenceProblem } from '#contract';
import { unreachable } from '#lib/unreachable';
import type { AgentIdentity, AgentIntake } from './agents.ts';
import type { AgentsLimits } from './agents-limits.ts';
import { invite, readBody } from './body.ts';
import type { Budget } from './budget.ts';
import { bearerOf } from './principal.ts';
import type { Refusals } from './refusals.ts';

export interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface AgentMeans {
  readonly intake: AgentIntake;
  readonly limits: AgentsLimits;
  readonly budget: Budget;
  readonly refusals: Refusals;
}

/** A refusal with what its code alone does not say. */
export class Refused extends Error {
  readonly coded: CodedError;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: object;
  constructor(coded: CodedError, headers: Readonly<Record<string, string>>, members: object = {}) {
    super(coded.message);
    this.coded = coded;
    this.headers = headers;
    this.members = members;
  }
}

const later = (ms: number, detail: string): Refused =>
  new Refused(new CodedError('QUOTA', detail), { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) });

const TOKEN_BYTES = 4096;

export function refusalOf(error: unknown, fault: () => void): Pick<Refused, 'coded' | 'headers' | 'members'> {
  if (error instanceof Refused) return error;
  if (error instanceof CodedError) return { coded: error, headers: {}, members: {} };
  fault();
  return { coded: new CodedError('INTERNAL', ''), headers: {}, members: {} };
}

/** Told whose key came over a connection. */
type Owned = (agent: string) => void;

export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  means: AgentMeans,
  owned: Owned,
): Promise<Answer> {
  const path = request.method === 'POST' ? request.url : undefined;
  switch (path) {
    case AGENT_PATHS.enroll:
      return enroll(request, response, means);
    case AGENT_PATHS.batches:
      return takeBatch(request, response, means, owned);
    case AGENT_PATHS.rotate: {
      const { who } = known(request, means);
      owned(who.agent);
      admit(who, means);
      return { status: 200, body: await means.intake.rotate(who) };
    }
    default:
      throw new CodedError('NOT_FOUND', '');
  }
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '';

/** Who sends; throws UNAUTHORIZED, or QUOTA where the address has been wrong too often. */
function known(request: IncomingMessage, means: AgentMeans): { readonly who: AgentIdentity; readonly key: string } {
  const key = bearerOf(request.headers.authorization) ?? '';
  const who = key === '' ? undefined : means.intake.identify(key);
  if (who !== undefined) return { who, key };
  wrong(request, means);
  throw new CodedError('UNAUTHORIZED', 'The key that was sent is not known here, or not any more.');
}

function wrong(request: IncomingMessage, means: AgentMeans): void {
  if (means.refusals.isOver(addressOf(request))) throw later(1000, 'Too many wrong keys from this address.');
  means.refusals.add(addressOf(request));
}

function admit(who: AgentIdentity, { intake }: AgentMeans): void {
  const wait = intake.admit(who);
  if (wait > 0) throw later(wait, `${who.agent} has used up its quota for now.`);
}

async function enroll(request: IncomingMessage, response: ServerResponse, means: AgentMeans): Promise<Answer> {
  if (means.refusals.isOver(addressOf(request))) throw later(1000, 'Too many wrong tokens from this address.');
  const ticket = means.budget.open();
  try {
    invite(request, response);
    const small = { sentBytes: TOKEN_BYTES, inflatedBytes: TOKEN_BYTES };
    const secret = secretOf(await readBody(request, small, ticket));
    return { status: 201, body: await means.intake.enroll(secret) };
  } catch (error) {
    if (error instanceof CodedError && error.code === 'TOKEN') wrong(request, means);
    throw error;
  } finally {
    ticket.close();
  }
}

function secretOf(body: Uint8Array): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new CodedError('BAD_BODY', 'It is not JSON.', { cause });
  }
  const secret = typeof value === 'object' && value !== null && 'secret' in value ? value.secret : undefined;
  if (typeof secret !== 'string') throw new CodedError('BAD_BODY', 'It holds no secret.');
  return secret;
}

async function takeBatch(
  request: IncomingMessage,
  response: ServerResponse,
  means: AgentMeans,
  owned: Owned,
): Promise<Answer> {
  const { intake, limits } = means;
  const { who, key } = known(request, means);
  owned(who.agent);
  admit(who, means);
  const ticket = means.budget.open();
  try {
    invite(request, response);
    const body = await readBody(request, limits, ticket);
    intake.spend(who, body.length);
    if (intake.identify(key)?.key !== who.key) throw new CodedError('UNAUTHORIZED', 'The key was revoked.');
    const result = await intake.submit(who, body);
    switch (result.kind) {
      case 'taken':
        return { status: 201, body: result.reply };
      case 'sequence':
        throw new Refused(new CodedError('SEQUENCE', `Expected was ${result.expected}.`), {}, {
          expected: result.expected,
        } satisfies Omit<SequenceProblem, 'code'>);
      case 'malformed':
        throw new CodedError('BAD_BODY', result.reason);
      default:
        return unreachable(result);
    }
  } finally {
    ticket.close();
  }
}
