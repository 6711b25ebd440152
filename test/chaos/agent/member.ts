/** A program that dies and comes again through the whole run, on the same folder: the server, or an agent. */
import type { Program } from './program.ts';

export interface Member {
  readonly name: string;
  /** The present life; the last one while it is dead. */
  readonly program: () => Program;
  readonly kills: () => number;
  /** ms from start to ready, of each life that came so far. */
  readonly restarts: readonly number[];
  /** Highest resident memory of any life, MB. */
  readonly peakMb: () => number;
  /** Starts it; resolves when it is ready. */
  begin(): Promise<void>;
  /** Starts it, and does not wait. */
  spawn(): void;
  kill(): Promise<void>;
  /** SIGTERM. Throws where it does not end in order. */
  terminate(): Promise<void>;
  /** What went wrong that no fault of ours explains. */
  readonly complaints: readonly string[];
}

export interface MemberOptions {
  readonly name: string;
  readonly start: () => Program;
  /** Says this once it works. */
  readonly ready: string;
}

interface Life {
  readonly program: Program;
  /** By us. */
  isKilled: boolean;
}

export function member({ name, start, ready }: MemberOptions): Member {
  const restarts: number[] = [];
  const complaints: string[] = [];
  let life: Life | undefined;
  let kills = 0;
  let peak = 0;

  function present(): Life {
    if (life === undefined) throw new Error(`${name} was never started.`);
    return life;
  }

  function complain(what: string, { said, complained }: Program): void {
    complaints.push(`${name} ${what}: ${said().slice(-500)}${complained().slice(-1500)}`);
  }

  function spawn(): void {
    const begun: Life = { program: start(), isKilled: false };
    const { program } = begun;
    life = begun;
    program.says(ready).then(
      (ms) => restarts.push(ms),
      // A life that is killed while it still starts never gets ready.
      () => undefined,
    );
    void program.ended.then((code) => {
      peak = Math.max(peak, program.peakMb());
      if (code !== 0 && !begun.isKilled) complain(`ended with ${code} by itself`, program);
    });
  }

  return {
    name,
    program: () => present().program,
    kills: () => kills,
    restarts,
    peakMb: () => Math.max(peak, life?.program.peakMb() ?? 0),
    complaints,
    spawn,
    async begin() {
      spawn();
      await present().program.says(ready);
    },
    async kill() {
      kills++;
      present().isKilled = true;
      await present().program.kill();
    },
    async terminate() {
      const { program } = present();
      const code = await program.terminate();
      if (code !== 0) complain(`ended with ${code} after SIGTERM`, program);
    },
  };
}

export const killsOf = (members: readonly Member[]): number => members.reduce((total, one) => total + one.kills(), 0);
