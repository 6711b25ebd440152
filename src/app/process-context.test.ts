/** SIGHUP: it ends a command, unless the command reads its settings again by it. Each case in a process of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const CONTEXT = JSON.stringify(new URL('process-context.ts', import.meta.url).href);
/** Says what it hears; ends when it is told to. */
const program = (listens: boolean): string => `
  const { processContext } = await import(${CONTEXT});
  const context = processContext();
  ${listens ? "context.onHangup(() => console.log('again'));" : ''}
  context.signal.addEventListener('abort', () => { console.log('end'); process.exit(); });
  setInterval(() => undefined, 1000);
  console.log('ready');
`;

async function said(listens: boolean, signals: readonly NodeJS.Signals[]): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(listens)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const left = [...signals];
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout as AsyncIterable<string>) {
    lines.push(...text.trim().split('\n'));
    const next = left.shift();
    if (next !== undefined) child.kill(next);
  }
  if (child.exitCode === null) await once(child, 'exit');
  return lines;
}

const windows = process.platform === 'win32';

test('without a listener it ends the command', { skip: windows && 'there are no signals' }, async () => {
  assert.deepEqual(await said(false, ['SIGHUP']), ['ready', 'end']);
});

test('with one, each is told, and SIGTERM still ends it', { skip: windows && 'there are no signals' }, async () => {
  assert.deepEqual(await said(true, ['SIGHUP', 'SIGHUP', 'SIGTERM']), ['ready', 'again', 'again', 'end']);
});

test('a terminal that is closed ends it all the same', { skip: windows && 'there are no signals' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-hangup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [file, words] = [join(folder, 'program.mjs'), join(folder, 'words')];
  const into = `import { appendFileSync } from 'node:fs'; const say = (text) => appendFileSync(${JSON.stringify(words)}, text + '\\n');`;
  // Nothing can be said on a terminal that is gone: what it heard stands in a file.
  writeFileSync(
    file,
    into + program(true).replaceAll('console.log', 'say').replace("say('ready')", "say('ready'); console.log('ready')"),
  );
  const terminal = spawn('script', ['-qefc', `exec ${process.execPath} ${file}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(terminal.stdout, 'data');
  terminal.kill('SIGKILL');
  while (!readFileSync(words, 'utf8').includes('end')) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(readFileSync(words, 'utf8'), 'ready\nend\n');
});
