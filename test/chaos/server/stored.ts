/** All that a server holds, read as anyone would: over its API, in the order it was stored. */
import type { WireAlert, WireEvent } from '#contract';
import type { House } from './house.ts';

export interface Stored {
  readonly events: readonly WireEvent[];
  /** Reads what came since. */
  more(): Promise<void>;
}

export function stored({ client }: House): Stored {
  const events: WireEvent[] = [];
  return {
    events,
    async more() {
      for (let after = String(events.at(-1)?.['event.id'] ?? '0-0'); ;) {
        const { items } = await client.call('listEvents', { query: { after, limit: 1000 } });
        for (const event of items) events.push(event);
        const last = items.at(-1);
        if (last === undefined) return;
        after = String(last['event.id']);
      }
    },
  };
}

/** Every alert with all its evidence and history. */
export async function allAlerts({ client }: House): Promise<readonly WireAlert[]> {
  const alerts: WireAlert[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = await client.call('listAlerts', { query });
    for (const { id } of items) alerts.push(await client.call('getAlert', { params: { id } }));
    if (next === null) return alerts;
    cursor = next;
  }
}
