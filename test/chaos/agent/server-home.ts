/** The server's side: its folder, its settings, its machine with a journal of its own. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '#contract';
import { freePort } from '../server/house.ts';
import { type Clock, clock } from './clock.ts';
import { type Member, member } from './member.ts';
import { porchlight } from './program.ts';

export interface ServerHome {
  readonly folder: string;
  readonly data: string;
  /** Root of the watched machine. */
  readonly root: string;
  readonly agentsPort: number;
  readonly base: string;
  readonly client: Client;
  readonly clock: Clock;
  readonly server: Member;
  remove(): void;
}

/** `followed`: files that the server reads itself, as the watched machine calls them. */
export async function serverHome(followed: readonly string[]): Promise<ServerHome> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-chaos-'));
  const [data, root, config] = [join(folder, 'data'), join(folder, 'root'), join(folder, 'porchlight.yaml')];
  mkdirSync(data);
  mkdirSync(join(root, 'var/log'), { recursive: true });
  symlinkSync('/proc', join(root, 'proc'));
  const [port, agentsPort] = [await freePort(), await freePort()];
  const settings = [
    `http: { port: ${port} }`,
    'honeypot: { enabled: false }',
    `agents: { listen: "127.0.0.1:${agentsPort}" }`,
    `host: { name: nas, root: ${JSON.stringify(root)} }`,
    `sources: { log_candidates: ${JSON.stringify(followed)}, timezone: UTC }`,
    'monitor: { interval: 3600 }',
  ];
  writeFileSync(config, `${settings.join('\n')}\n`);
  const time = clock(folder, 'server');
  const base = `http://127.0.0.1:${port}`;
  const start = () => porchlight(['up', '--quiet', '--data', data, '--config', config], time.env);
  return {
    folder,
    data,
    root,
    agentsPort,
    base,
    client: createClient({ base }),
    clock: time,
    server: member({ name: 'server', start, ready: 'Dashboard' }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
