/** The same single POSTs against the Flask peer, where python3 has Flask. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Intake, singleIntake } from './intake.ts';
import { freePort } from './server-process.ts';

const PEER = fileURLToPath(new URL('peers/flask_sqlite.py', import.meta.url));

export async function flaskIntake(seed: number, events: number): Promise<Intake | undefined> {
  if (spawnSync('python3', ['-c', 'import flask']).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-flask-'));
  const port = await freePort();
  const child = spawn('python3', [PEER, String(port), join(folder, 'logs.db')], { stdio: 'ignore' });
  try {
    await answers(port);
    return await singleIntake(port, seed, events);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the Flask peer did not start');
}
