/** The page's one way to the server. */
import { ApiError, type BacktestLine, callLines, createClient, type Problem, type RouteBody } from '#contract';

export const api = createClient({ base: '' });

/** Lines as they come; whoever stops reading ends it. */
export const tryRule = (body: RouteBody<'backtestRule'>, signal: AbortSignal): AsyncGenerator<BacktestLine> =>
  callLines({ base: '' }, 'backtestRule', { body, signal });

/** Why a request failed, in words: the server's own, or that it does not answer. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return {
    type: 'about:blank',
    title: 'Porchlight does not answer',
    status: 0,
    detail: '',
    code: 'NO_SERVER',
    next: 'It is asked again every five seconds.',
  };
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
