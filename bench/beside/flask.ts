/** Flask + sqlite3, over HTTP: 1,000 events a POST, each POST a commit. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../server-process.ts';
import { ASKED, type Lane, type Peer, rowOf } from './lane.ts';
import { bytesBelow } from './porchlight.ts';
import { startPeer } from './server.ts';
import { answerOf, SQL } from './sqlite.ts';

const PROGRAM = fileURLToPath(new URL('../peers/flask_search.py', import.meta.url));

export const flask: Peer = {
  name: 'Flask + SQLite',
  how: 'over HTTP; indexes on time and address, LIKE for text',
  within: false,
  absent: () => (spawnSync('python3', ['-c', 'import flask']).status === 0 ? undefined : 'python3 has no Flask here'),
  async open(folder) {
    const port = await freePort();
    const server = await startPeer('python3', [PROGRAM, String(port), join(folder, 'logs.db')], port, '/');
    const lane: Lane = {
      load: async (events) => void (await server.post('/api/logs', JSON.stringify(events.map(rowOf)))),
      settle: () => Promise.resolve(),
      bytes: () => bytesBelow(folder),
      async ask(question) {
        const sql = SQL[question];
        const values = sql.includes('?') ? [ASKED.from, ASKED.to] : [];
        const rows = JSON.parse(await server.post('/api/ask', JSON.stringify({ sql, values }))) as Record<
          string,
          unknown
        >[];
        return answerOf(question, rows);
      },
      close: () => server.close(),
    };
    return lane;
  },
};
