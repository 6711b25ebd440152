/**
 * A small checkout in a folder of its own: the real launcher, the real npm, and a product of a few lines instead of ours.
 * Its only package is a folder beside it, so that installing needs no network.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

const REPO = dirname(dirname(import.meta.dirname));

/** Prints who it is, then counts signals until the one that it is told to end at. */
export const COUNTING_MAIN = `
let count = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    count += 1;
    console.log('got', name, count);
    setTimeout(() => process.exit(40 + count), 200);
  });
}
setInterval(() => undefined, 1000);
console.log('ready', process.pid, process.argv.slice(2).join(' '));
`;

export function makeCheckout(t: TestContext, main: string): string {
  const root = mkdtempSync(join(tmpdir(), 'porchlight-launch-'));
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  cpSync(join(REPO, 'launch'), join(root, 'launch'), { recursive: true });
  cpSync(join(REPO, 'porchlight'), join(root, 'porchlight'));
  mkdirSync(join(root, 'src/app'), { recursive: true });
  writeFileSync(join(root, 'src/app/main.ts'), main);
  writeLock(root, '1.0.0');
  return root;
}

/** Writes package.json and package-lock.json as they are when the one dependency has that version. */
export function writeLock(root: string, version: string): void {
  const dependencies = { lamp: 'file:lamp' };
  mkdirSync(join(root, 'lamp'), { recursive: true });
  writeJson(join(root, 'lamp/package.json'), { name: 'lamp', version });
  writeJson(join(root, 'package.json'), { name: 'house', version: '1.0.0', type: 'module', dependencies });
  writeJson(join(root, 'package-lock.json'), {
    name: 'house',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'house', version: '1.0.0', dependencies },
      lamp: { version },
      'node_modules/lamp': { resolved: 'lamp', link: true },
    },
  });
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

export interface Started {
  readonly child: ChildProcess;
  /** Resolves once stdout and stderr together contain the text; rejects when the process ends without it. */
  saw(text: string): Promise<void>;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly text: string;
  }>;
}

/** Starts the launcher of a checkout, in this process's Node ('own') or in a child as on an older one ('other'). */
export function start(
  t: TestContext,
  root: string,
  args: readonly string[],
  options: { readonly node?: 'own' | 'other'; readonly env?: NodeJS.ProcessEnv; readonly command?: string } = {},
): Started {
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  delete env['NODE_TEST_CONTEXT'];
  if (options.node === 'other') env['PORCHLIGHT_NODE'] = process.execPath;
  const launcher = options.command ?? join(root, 'launch/porchlight.mjs');
  const command = options.command === undefined ? [process.execPath, launcher] : [launcher];
  const child = spawn(command[0] ?? '', [...command.slice(1), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  const listeners = new Set<() => void>();
  const grow = (part: Buffer): void => {
    text += part.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', grow);
  child.stderr.on('data', grow);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, text }));
  const saw = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (text.includes(wanted)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`The launcher ended without '${wanted}': ${text}`)));
    });
  return { child, saw, ended };
}
