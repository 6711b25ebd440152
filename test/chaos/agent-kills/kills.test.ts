/**
 * The real agent process, killed at moments of chance while lines are written and replies are lost, against a server that counts:
 * nothing lost, nothing doubled, order kept. PORCHLIGHT_KILLS and PORCHLIGHT_SEED change how often and when.
 */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { countingServer } from '../../../src/app/agent/counting-server.fixture.ts';
import { writeEnrolment } from '../../../src/app/agent/enrolment.ts';
import { random } from '../server/random.ts';
import { type AgentProcess, startAgent } from './agent-process.ts';

const KILLS = Number(process.env['PORCHLIGHT_KILLS'] ?? 24);
const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 1);
const FILES = 3;

test(`${KILLS} kills: lost 0, doubled 0, order kept`, { timeout: 600_000 }, async (t) => {
  const { next: chance } = random(SEED);
  const root = mkdtempSync(join(tmpdir(), 'porchlight-agent-kills-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const data = join(root, 'data');
  mkdirSync(join(data, 'agent'), { recursive: true, mode: 0o700 });
  const server = await countingServer();
  t.after(() => server.close());
  const { next: faults } = random(SEED + 1);
  server.mood = () => {
    const luck = faults();
    if (luck < 0.05) return 'drop reply';
    if (luck < 0.08) return 'reset';
    return luck < 0.1 ? { status: 503, headers: { 'Retry-After': '0' } } : 'fine';
  };
  const { url, key, authority } = server;
  writeEnrolment(join(data, 'agent'), { agent: 'nas', key, ca: authority.ca, urls: [url] });
  const logs = Array.from({ length: FILES }, (_, i) => join(root, `app${i}.log`));
  for (const log of logs) writeFileSync(log, '');
  const config = join(root, 'agent.yaml');
  writeFileSync(
    config,
    `log_candidates: ${JSON.stringify(logs)}\ninterval: 3600\nretry_delay: 0.02\nretry_attempts: 1000\nspool: { max_bytes: 1MiB }\n`,
  );

  const written = logs.map(() => 0);
  function write(): void {
    for (const [i, log] of logs.entries()) {
      const count = Math.floor(chance() * 60);
      const from = written[i] ?? 0;
      appendFileSync(log, Array.from({ length: count }, (_, n) => `file ${i} line ${from + n}\n`).join(''));
      written[i] = from + count;
    }
  }

  let agent: AgentProcess | undefined;
  t.after(() => agent?.end('SIGKILL'));
  const storedCount = (): number => server.count();
  const stored = (): string[] => server.texts().filter((text) => text.startsWith('file '));
  for (let kill = 0; kill < KILLS; kill++) {
    const before = storedCount();
    agent = startAgent(config, data);
    // Some die before they have sent anything, the others in full flow.
    const patience = Date.now() + chance() * 250;
    while (Date.now() < patience || (kill % 3 !== 0 && storedCount() === before && Date.now() < patience + 2000)) {
      write();
      await pause(10);
    }
    await agent.end('SIGKILL');
  }
  agent = startAgent(config, data);
  const total = written.reduce((sum, count) => sum + count, 0);
  for (const end = Date.now() + 240_000; stored().length < total && Date.now() < end;) await pause(250);
  const code = await agent.end('SIGTERM');
  const said = agent.said();
  const texts = stored();
  t.diagnostic(
    `seed ${SEED}: ${KILLS} kills, ${total} lines written, ${texts.length} stored, ${server.repeated()} repeats dropped, ${server.heads.length} batches`,
  );
  assert.equal(code, 0, said);
  const accounts = written.map((count, i) =>
    account(
      texts.filter((text) => text.startsWith(`file ${i} `)),
      count,
    ),
  );
  assert.deepEqual(
    accounts,
    written.map(() => ({ lost: 0, doubled: 0, disordered: 0 })),
    said,
  );
  assert.deepEqual(
    [...server.epochs.values()].flatMap(({ gaps }) => gaps),
    [],
    'no gap was declared',
  );
  assert.equal(server.epochs.size, 1);
  assert.ok(texts.length > KILLS * 10, 'the agent was in full flow');
});

/** Of lines that end in their number. */
function account(own: readonly string[], count: number): { lost: number; doubled: number; disordered: number } {
  const numbers = own.map((text) => Number(text.slice(text.lastIndexOf(' ') + 1)));
  const seen = new Set(numbers);
  const disordered = numbers.filter((number, at) => at > 0 && number < (numbers[at - 1] ?? 0)).length;
  return { lost: count - seen.size, doubled: numbers.length - seen.size, disordered };
}
