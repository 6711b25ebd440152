/**
 * A disk of 2 MB under the spool and a server that is away: the agent waits and says so, is killed meanwhile, and when the server is
 * there everything comes, once and in order. Where nobody may mount, the spool's own limit stands for the disk.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAuthority } from '../../../src/app/agent/authority.fixture.ts';
import { countingServer } from '../../../src/app/agent/counting-server.fixture.ts';
import { writeEnrolment } from '../../../src/app/agent/enrolment.ts';
import { freePort } from '../../e2e/house.ts';
import { until } from '../../e2e/waiting.ts';
import { type AgentProcess, startAgent } from './agent-process.ts';

const LINES = 40_000;

test(
  'a full disk: the files wait, nothing is lost, and it goes on when there is room',
  { timeout: 300_000 },
  async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'porchlight-agent-disk-'));
    const data = join(root, 'data');
    mkdirSync(data);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'porchlight', data]).status === 0;
    t.diagnostic(mounted ? 'a tmpfs of 2 MB' : 'may not mount: a spool of 2 MB');
    let agent: AgentProcess | undefined;
    t.after(async () => {
      await agent?.end('SIGKILL');
      if (mounted) spawnSync('umount', ['-l', data]);
      rmSync(root, { recursive: true, force: true });
    });
    const [port, authority] = [await freePort(), makeAuthority()];
    mkdirSync(join(data, 'agent'), { mode: 0o700 });
    const url = `https://127.0.0.1:${port}`;
    writeEnrolment(join(data, 'agent'), {
      agent: 'nas',
      key: 'a-key-of-the-test-server',
      ca: authority.ca,
      urls: [url],
    });
    const log = join(root, 'app.log');
    const config = join(root, 'agent.yaml');
    const limit = mounted ? '' : 'spool: { max_bytes: 2MiB }\n';
    const settings = `log_candidates: [${JSON.stringify(log)}]\ninterval: 3600\nretry_delay: 0.05\nretry_attempts: 1000\n${limit}`;
    writeFileSync(config, settings);
    writeFileSync(log, '');
    const line = (n: number): string =>
      `line ${n} of a log that is longer than the disk has room for, with some words to fill it`;

    agent = startAgent(config, data);
    await until('it follows the log', () => agent?.said().includes('Following') === true);
    appendFileSync(log, Array.from({ length: LINES }, (_, n) => `${line(n)}\n`).join(''));
    await until('it says that nothing can be written', () => agent?.said().includes('sources wait') === true);
    await agent.end('SIGKILL');
    agent = startAgent(config, data);
    await until('it says so again', () => agent?.said().includes('sources wait') === true);
    const server = await countingServer(port, authority);
    t.after(() => server.close());
    const stored = (): string[] => server.texts().filter((text) => text.startsWith('line '));
    await until('all is there', () => server.count() >= LINES && stored().length >= LINES);
    assert.deepEqual(
      stored(),
      Array.from({ length: LINES }, (_, n) => line(n)),
    );
    assert.deepEqual(
      [...server.epochs.values()].flatMap(({ gaps }) => gaps),
      [],
    );
    assert.match(agent.said(), /The spool takes lines again/);
    assert.equal(await agent.end('SIGTERM'), 0, agent.said());
  },
);
