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

export function member({ name, start, ready }: MemberOptions): Member {
  const restarts: number[] = [];
  const complaints: string[] = [];
  let program: Program | undefined;
  let kills = 0;
  let peak = 0;

  function present(): Program {
    if (program === undefined) throw new Error(`${name} was never started.`);
    return program;
  }

  function spawn(): void {
    const life = start();
    program = life;
    let isDue = false;
    life.says(ready).then(
      (ms) => restarts.push(ms),
      // A life that is killed while it still starts never gets ready.
      () => undefined,
    );
    const end = life.kill.bind(life);
    void life.ended.then((code) => {
      peak = Math.max(peak, life.peakMb());
      if (!isDue && code !== 0 && code !== 'SIGKILL')
        complaints.push(
          `${name} ended with ${code} by itself: ${life.said().slice(-500)}${life.complained().slice(-1500)}`,
        );
    });
    life.kill = () => {
      isDue = true;
      return end();
    };
  }

  return {
    name,
    program: present,
    kills: () => kills,
    restarts,
    peakMb: () => Math.max(peak, program?.peakMb() ?? 0),
    complaints,
    spawn,
    async begin() {
      spawn();
      await present().says(ready);
    },
    async kill() {
      kills++;
      await present().kill();
    },
    async terminate() {
      const code = await present().terminate();
      if (code !== 0)
        complaints.push(`${name} ended with ${code} after SIGTERM: ${present().complained().slice(-1500)}`);
    },
  };
}

export const killsOf = (members: readonly Member[]): number => members.reduce((total, one) => total + one.kills(), 0);
