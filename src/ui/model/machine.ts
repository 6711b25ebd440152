/** Who logged in to a machine and who tried to, in words. */
import type { AuthSummary, RecentLogin } from '#contract';
import { duration } from './time.ts';
import { plural } from './text.ts';

/** 'still in', or how long it lasted. */
export const loginEnd = ({ at, until }: Pick<RecentLogin, 'at' | 'until'>): string =>
  until === null ? 'still in' : duration(until - at);

/** '212 failed logins in the last 300 authentication lines. sudo was used 4 times.' */
export function authSentence({ lines, failed, sudo }: AuthSummary): string {
  if (lines === 0) return 'No authentication line was seen yet.';
  const where = lines === 1 ? 'the one authentication line seen' : `the last ${lines} authentication lines`;
  const logins = failed === 0 ? `No failed login in ${where}.` : `${plural(failed, 'failed login')} in ${where}.`;
  return sudo === 0 ? logins : `${logins} sudo was used ${sudo === 1 ? 'once' : plural(sudo, 'time')}.`;
}
