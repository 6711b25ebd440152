/** The store alone, in this process: as the peers that are libraries. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unreachable } from '#lib/unreachable';
import { encodeBatch, openReader, openSqliteStore, openUpkeep } from '#store';
import { type Answer, answers, ASKED, type Lane, type Peer, type Question } from './lane.ts';

export const porchlight: Peer = {
  name: 'Porchlight',
  how: 'the store alone, every field of each event',
  within: true,
  absent: () => undefined,
  async open(folder) {
    const path = join(folder, 'porchlight.db');
    const store = await openSqliteStore(path);
    const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
    const reader = openReader(path, { searchLimit: 600_000 });
    let batch = 0;
    let received = 0;
    const lane: Lane = {
      async load(events) {
        received = Math.ceil(events.at(-1)?.['@timestamp'] ?? received);
        const more = { hits: 0, marks: [], alerts: [], outbox: [] };
        await store.commit({ batch: ++batch, received, events: encodeBatch(events), ...more });
      },
      tidy: async () => void upkeep.seal(received),
      settle: async () => {
        while (upkeep.seal(received) !== undefined);
        while (upkeep.shrink() > 0);
      },
      bytes: () => bytesBelow(folder),
      ask: (question) => asked(reader, question),
      async close() {
        reader.close();
        upkeep.close();
        await store.close();
      },
    };
    return lane;
  },
};

const { from, to, step, limit } = ASKED;
const range = { from, to };

async function asked(reader: ReturnType<typeof openReader>, question: Question): Promise<Answer> {
  const times = async (q: string, more: object = {}): Promise<Answer> =>
    answers.times((await reader.events({ q, limit, ...more })).items.map(({ event }) => event['@timestamp']));
  switch (question) {
    case 'newest':
      return times(`user.name:${ASKED.user} event.outcome:${ASKED.outcome} host.name:${ASKED.host}`);
    case 'address':
      return times(`source.ip:${ASKED.address}`);
    case 'substring':
      return times(ASKED.words, range);
    case 'bars': {
      const { rows } = await reader.table({ q: `| histogram ${step / 60_000}m by log.level`, now: to, ...range });
      return answers.bars(rows.map(([time, level, count]) => [Date.parse(String(time)), String(level), Number(count)]));
    }
    case 'top': {
      const { values } = await reader.values({ q: '', field: 'source.ip', limit: ASKED.top, ...range });
      return answers.counts(values.map(({ count }) => count));
    }
    default:
      return unreachable(question);
  }
}

export const bytesBelow = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
