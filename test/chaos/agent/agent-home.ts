/** An agent's side: its folder, on a small disk if need be, its settings, its enrolment, and the network it has. */
import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentReport } from '#contract';
import { type Clock, clock } from './clock.ts';
import { type Member, member } from './member.ts';
import { porchlight, porchlightOnce } from './program.ts';
import { type Proxy, proxy } from './proxy.ts';
import type { ServerHome } from './server-home.ts';
import { smallDisk } from './small-disk.ts';
import type { WrittenFile } from './writer-orders.ts';

export interface AgentHome {
  readonly name: string;
  readonly data: string;
  readonly files: readonly WrittenFile[];
  readonly agent: Member;
  readonly network: Proxy;
  readonly clock: Clock;
  /** What it says of itself; undefined while it does not answer. */
  report(): Promise<AgentReport | undefined>;
  /** What its spool is made of. */
  spoolFiles(): readonly string[];
  /** The most bytes its spool had, as far as it was looked at. */
  spoolMax(): number;
  /** The small disk holds nothing more. */
  isFull(): boolean;
  /** How small its disk is, in words; '' where it has room. */
  readonly limit: string;
  remove(): Promise<void>;
}

export interface AgentHomeOptions {
  readonly name: string;
  readonly folder: string;
  readonly disk: 'roomy' | 'small';
  readonly home: ServerHome;
  readonly files: readonly WrittenFile[];
}

/** Enrolled at the server, which must run, through the network that is to fail later; started. */
export async function agentHome({ name, folder, disk, home, files }: AgentHomeOptions): Promise<AgentHome> {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const limited = disk === 'small' ? smallDisk(data) : undefined;
  const network = await proxy(() => home.agentsPort);
  const config = join(folder, 'agent.yaml');
  const settings = [
    'interval: 3600',
    `log_candidates: ${JSON.stringify(files.map(({ path }) => path))}`,
    'retry_attempts: 30',
    'retry_delay: 0.1',
    ...(limited?.settings ?? []),
  ];
  writeFileSync(config, `${settings.join('\n')}\n`);
  const token = throughProxy(await porchlightOnce(['agents', 'add', name, '--url', home.base]), network.port);
  await porchlightOnce(['agent', 'enroll', '--data', data], token);
  const time = clock(folder, name);
  const start = () => porchlight(['agent', '--config', config, '--data', data], time.env);
  const spoolFiles = (): readonly string[] => globSync(join(data, 'agent/spool/log-*/*'));
  let most = 0;
  const looking = setInterval(() => {
    const sizes = spoolFiles().map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    most = Math.max(
      most,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }, 200);
  const agent = member({ name, start, ready: '[+] Sending to' });
  await agent.begin();
  return {
    name,
    data,
    files,
    agent,
    network,
    clock: time,
    async report() {
      // 1 while it has trouble, and that is when its account says most.
      const said = await porchlightOnce(['agent', 'status', '--json', '--data', data], '', [0, 1]).catch(() => '{}');
      const { report } = JSON.parse(said) as { readonly report?: AgentReport };
      return report;
    },
    spoolFiles,
    spoolMax: () => most,
    isFull: () => limited?.isFull() ?? false,
    limit: limited?.name ?? '',
    async remove() {
      clearInterval(looking);
      await agent.program().kill();
      await network.close();
      limited?.remove();
    },
  };
}

const TOKEN = /pla1\.([\w-]+)/;

/** The same token, but the server is where the proxy listens. */
function throughProxy(said: string, port: number): string {
  const token: unknown = JSON.parse(Buffer.from(TOKEN.exec(said)?.[1] ?? '', 'base64url').toString());
  if (typeof token !== 'object' || token === null) throw new Error(`No token: ${said}`);
  const changed = { ...token, urls: [`https://127.0.0.1:${port}`] };
  return `pla1.${Buffer.from(JSON.stringify(changed)).toString('base64url')}\n`;
}
