/** The whole agent in this process, against a real server over TLS. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { countingServer, type CountingServer } from './counting-server.fixture.ts';
import { enroll, enrolmentPath, readToken, writeEnrolment } from './enrolment.ts';
import { runAgent } from './run.ts';
import { readAgentSettings } from './settings.ts';
import { askStatus } from './status.ts';

const never = new AbortController().signal;

export async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  for (const end = performance.now() + 120_000; performance.now() < end;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what}: it did not come to that`);
}

interface House {
  readonly folder: string;
  readonly log: string;
  readonly said: string[];
  write(...lines: readonly string[]): void;
  start(extra?: string): { stop(): Promise<void> };
}

function house(t: TestContext): House {
  const root = mkdtempSync(join(tmpdir(), 'porchlight-agent-'));
  const folder = join(root, 'agent');
  const log = join(root, 'auth.log');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(log, '');
  const said: string[] = [];
  const running = new Set<() => Promise<void>>();
  t.after(async () => {
    for (const stop of running) await stop();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    folder,
    log,
    said,
    write: (...lines) => appendFileSync(log, lines.map((line) => `${line}\n`).join('')),
    start(extra = '') {
      const text = `log_candidates: [${JSON.stringify(log)}]\ninterval: 3600\nretry_delay: 0.05\nretry_attempts: 1000\n${extra}`;
      const stopping = new AbortController();
      const ended = runAgent({
        settings: readAgentSettings({ path: 'agent.yaml', text }, {}),
        folder,
        say: (line) => void said.push(line),
        show: (line) => void said.push(line),
        now: Date.now,
        signal: stopping.signal,
      });
      const stop = async (): Promise<void> => {
        running.delete(stop);
        stopping.abort();
        await ended;
      };
      running.add(stop);
      return { stop };
    },
  };
}

async function enrolled(t: TestContext): Promise<{ readonly server: CountingServer; readonly home: House }> {
  const server = await countingServer();
  t.after(() => server.close());
  const home = house(t);
  const token = {
    urls: ['https://127.0.0.1:9', server.url],
    ca: server.authority.fingerprint,
    secret: 'secret',
    expires: Date.now() + 60_000,
  };
  const word = `pla1.${Buffer.from(JSON.stringify(token)).toString('base64url')}`;
  writeEnrolment(home.folder, await enroll(readToken(word, Date.now()), never));
  return { server, home };
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `Nov 20 10:00:00 nas sshd[1]: line ${from + i}`);

const logged = (server: CountingServer): string[] => server.texts().filter((text) => text.includes('line'));

test('lines reach the server once and in order, and the agent says what it did', { timeout: 300_000 }, async (t) => {
  const { server, home } = await enrolled(t);
  assert.equal(statSync(enrolmentPath(home.folder)).mode & 0o777, 0o600);
  const { stop } = home.start();
  home.write(...numbered(0, 10));
  await until('ten lines', () => logged(server).length === 10);
  const status = await until('they are acknowledged', async () => {
    const now = await askStatus(home.folder);
    return now?.report.spool.records === 0 ? now : undefined;
  });
  const account = status.report.sources.find(({ source }) => source === `file:${home.log}`);
  assert.deepEqual([account?.read, account?.spooled, account?.sent, account?.lag], [10, 10, 10, 0]);
  assert.deepEqual([status.server.state, status.server.agent, status.trouble], ['connected', 'nas', null]);
  await stop();
  home.write(...numbered(10, 20));
  const again = home.start();
  await until('twenty lines', () => logged(server).length === 20);
  await again.stop();
  assert.deepEqual(logged(server), numbered(0, 20));
  assert.equal(server.repeated(), 0);
  assert.deepEqual(home.said.slice(0, 2), ['[+] Checking configured log candidates...', `[+] Following ${home.log}.`]);
  assert.ok(home.said.includes('[LOG] Nov 20 10:00:00 nas sshd[1]: line 3'), home.said.join('\n'));
  const looks = server.texts().filter((text) => !text.includes('line'));
  assert.ok(looks.length > 0, 'it looks at its machine');
});
