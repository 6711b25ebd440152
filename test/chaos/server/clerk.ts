/** Somebody who acknowledges alerts while the server is being killed: what was answered with 200 must stay. */
import { ApiError } from '#contract';
import type { House } from './house.ts';
import type { Random } from './random.ts';
import { pause } from './waiting.ts';

export interface Note {
  readonly alert: string;
  readonly text: string;
  /** False when the reply was lost: then it is there once or not at all. */
  readonly kept: boolean;
}

export interface Clerk {
  readonly notes: readonly Note[];
  run(): void;
  stop(): Promise<void>;
}

export function clerk(house: House, random: Random): Clerk {
  const notes: Note[] = [];
  let stopping = false;
  let running: Promise<void> | undefined;

  async function acknowledge(alert: string): Promise<void> {
    const text = `chaos note ${notes.length}`;
    const change = { params: { id: alert }, body: { status: 'acknowledged' as const, note: text } };
    try {
      await house.client.call('patchAlert', change);
      notes.push({ alert, text, kept: true });
    } catch (error) {
      if (error instanceof ApiError) throw error;
      notes.push({ alert, text, kept: false });
    }
  }

  async function go(): Promise<void> {
    while (!stopping) {
      await house.whenUp();
      const list = await house.client.call('listAlerts', { query: { limit: 20 } }).catch(() => undefined);
      const [first, ...others] = list?.items ?? [];
      if (first !== undefined) await acknowledge(random.pick([first, ...others]).id);
      await pause(200);
    }
  }

  return {
    notes,
    run() {
      running = go();
      // Whoever stops them hears of it; a test that fails before does not.
      running.catch(() => undefined);
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
