/** What the tests of the monitor look at and append. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RouteResponse } from '#contract';
import { type House, logLine } from '../house.ts';
import { until } from '../waiting.ts';

export type ScoreReply = RouteResponse<'score'>;

export const ATTACKER = '203.0.113.7';

/** SSH logins that fail, in the followed auth.log. */
export function fail(house: House, count: number, from = ATTACKER): void {
  const lines = Array.from({ length: count }, (_, n) =>
    logLine(`sshd[${4710 + n}]`, `Failed password for backup from ${from} port ${51_332 + n} ssh2`, (count - n) * 500),
  );
  appendFileSync(house.authLog, lines.join(''));
}

/** Lines of a cron that does its work: enough of them, and older failures are no longer among the last ones. */
export function carryOn(house: House, count: number): void {
  const line = logLine('CRON[811]', 'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)');
  appendFileSync(house.authLog, line.repeat(count));
}

/** The first score that looks as wanted. */
export const scoreWhere = (house: House, what: string, wanted: (reply: ScoreReply) => boolean): Promise<ScoreReply> =>
  until(what, async () => {
    const reply = await house.client.call('score', { query: {} }).catch(() => undefined);
    return reply !== undefined && wanted(reply) && reply;
  });

/** So many looks at nas after that one. On a busy machine they are further apart than they should be. */
export const looksAfter = (house: House, at: string, count: number): Promise<unknown> =>
  until(`${count} looks after ${at}`, async () => {
    const { items } = await house.client.call('listMetrics', { query: { host: 'nas', limit: 1000 } });
    return items.filter((look) => Date.parse(look.at) > Date.parse(at)).length >= count;
  });

export interface Spinner {
  readonly pid: number;
  /** As often as one likes. */
  stop(): Promise<void>;
}

/** From here on the house sees no process but those that `spin` starts: whatever else the machine does, they are the busiest. */
export function hideProcesses({ root }: House): void {
  rmSync(join(root, 'proc'));
  mkdirSync(join(root, 'proc'));
  for (const name of readdirSync('/proc').filter((one) => !/^\d+$/.test(one)))
    symlinkSync(`/proc/${name}`, join(root, 'proc', name));
}

/** A process of this name that takes all the CPU it gets, in a house that sees no other. */
export async function spin({ folder, root }: House, name: string): Promise<Spinner> {
  const program = join(folder, name);
  // The kernel calls a process by the last part of the path that was started.
  symlinkSync('/bin/sh', program);
  const child = spawn(program, ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('It did not start.');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  symlinkSync(`/proc/${pid}`, join(root, 'proc', String(pid)));
  const ended = once(child, 'close');
  return {
    pid,
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}
