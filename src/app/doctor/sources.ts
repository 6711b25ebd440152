/** How each source stands: what the server says, or, where none runs, what a start would find. */
import type { Config, SourceStatus } from '#contract';
import { reasonOf } from '#ui/model';
import { findSources } from '../collect.ts';
import { type Finding, look } from './finding.ts';
import type { Health } from './ports.ts';

export interface SourceRow extends Pick<SourceStatus, 'id' | 'state' | 'reason'> {
  readonly finding: Finding;
}

export async function checkSources(
  health: Health | undefined,
  config: Config,
  now: () => number,
): Promise<{ readonly rows: readonly SourceRow[]; readonly logins: Finding | undefined }> {
  const found = health?.sources ?? (await findSources(config, now));
  const rows = found.filter(({ id }) => id !== 'http' && id !== 'honeypot').map(withFinding);
  const carriers = rows.filter(
    ({ id, state }) => state === 'following' && (id.startsWith('file:') || id === 'journald'),
  );
  const none = look(
    'Logins',
    'No log is followed: logins on this machine are not seen.',
    'Install rsyslog, or let programs send theirs to POST /api/logs.',
  );
  return { rows, logins: carriers.length === 0 ? none : undefined };
}

function withFinding({ id, state, reason }: Pick<SourceStatus, 'id' | 'state' | 'reason'>): SourceRow {
  const { text, command } = reasonOf({ id, state, reason, records: 0, last_seen: null });
  const bad = state === 'denied' || state === 'failed' || state === 'missing';
  const quiet = state === 'following' && /nothing was written/.test(reason);
  const next = command ?? (quiet ? 'See whether the program that writes it still runs.' : text);
  const finding: Finding = {
    name: id.replace(/^file:/, ''),
    state: bad ? 'broken' : quiet ? 'look' : 'ok',
    text,
    ...(bad || quiet ? { next } : {}),
  };
  return { id, state, reason, finding };
}
