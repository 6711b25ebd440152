/**
 * Miniflux (`internal/ui/login_check.go`, `internal/api/middleware.go`): slog, as text or JSON. Its own `authentication_failed` says
 * whether an attempt failed; text before release 2.1 is not read.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, setWords, wordOf } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import type { Draft, Parsed } from './parser.ts';

const TRUE = new Set<unknown>([true, 'true']);

function read(record: Fields): Parsed | undefined {
  const failed = TRUE.has(record['authentication_failed']);
  if (!failed && !TRUE.has(record['authentication_successful'])) return undefined;
  const draft: Draft = { ...(failed ? LOGIN_FAILED : LOGIN_ACCEPTED) };
  setPeer(draft, wordOf(record, 'client_ip') ?? '');
  setWords(draft, record, FIELDS);
  return draft;
}

const FIELDS = [
  ['username', 'user.name'],
  ['user_id', 'user.id'],
  ['user_agent', 'user_agent.original'],
  ['error', 'event.reason'],
] as const;

export const miniflux = application('miniflux', {
  records: [
    { keys: ['authentication_failed', 'client_ip', 'user_agent'] },
    { keys: ['authentication_successful', 'client_ip', 'user_agent'] },
  ],
  read,
});
