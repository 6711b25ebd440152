/** Every refusal as an RFC 9457 problem document, made from the table of errors. */
import type { FastifyReply } from 'fastify';
import { CodedError, type ErrorCode, ERRORS, type Problem } from '#contract';
import type { Counters } from '#lib/counters';
import { letGo } from './body.ts';
import { RuleRefused } from './rule-refused.ts';

export function problemOf(error: CodedError): Problem {
  const { status, title, cause, next } = ERRORS[error.code];
  return {
    type: `urn:porchlight:error:${error.code}`,
    title,
    // Codes without a status belong to the command line; one that comes through here is our own fault.
    status: status === 0 ? 500 : status,
    detail: error.detail === '' ? cause : error.detail,
    code: error.code,
    next,
  };
}

/** What the sender is told of an error: its status and its body. */
export function problemText(error: CodedError): { readonly status: number; readonly text: string } {
  const problem = problemOf(error);
  const whole = error instanceof RuleRefused ? { ...problem, problems: error.problems } : problem;
  return { status: problem.status, text: JSON.stringify(whole) };
}

/** Undefined: a fault of ours. The framework's own refusals (a malformed request) carry a status. */
export function codedOf(error: unknown): CodedError | undefined {
  if (error instanceof CodedError) return error;
  if (!(error instanceof Error)) return undefined;
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? new CodedError('BAD_REQUEST', error.message) : undefined;
}

/** Headers that a status owes its reader (RFC 9110, sections 10.2.3, 11.6.1 and 12.5.3). */
const OWED: Partial<Record<ErrorCode, readonly [name: string, value: string]>> = {
  UNAUTHORIZED: ['www-authenticate', 'Bearer'],
  TOKEN: ['www-authenticate', 'Bearer'],
  BUSY: ['retry-after', '1'],
  STORE_FAILED: ['retry-after', '5'],
  UNSUPPORTED_ENCODING: ['accept-encoding', 'gzip, zstd'],
};

export const owedHeaders = (code: ErrorCode): Readonly<Record<string, string>> => {
  const owed = OWED[code];
  return owed === undefined ? {} : { [owed[0]]: owed[1] };
};

export type Refuse = (reply: FastifyReply, error: CodedError) => FastifyReply;

/** Every refusal goes through here, and is counted. */
export function refuser(counters: Counters, lingerMs: number): Refuse {
  return (reply, error) => {
    const { status, text } = problemText(error);
    counters.add('http_refused', error.code);
    reply.headers(owedHeaders(error.code));
    if (letGo(reply.request.raw, lingerMs)) reply.header('connection', 'close');
    return reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(text);
  };
}
