import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** More than a pipe holds. */
const LONG = 128 * 1024;

test('a reader that is slow gets all of a long output', async (context) => {
  const data = mkdtempSync(join(tmpdir(), 'porchlight-main-'));
  context.after(() => rmSync(data, { recursive: true }));
  const child = spawn(process.execPath, [MAIN, 'rules', 'list', '--json', '--data', data], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // The command is done with writing long before anybody reads on.
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  const out = await text(child.stdout);
  assert.ok(out.length > LONG, `${out.length}`);
  for (const line of out.trimEnd().split('\n')) assert.doesNotThrow(() => void JSON.parse(line), line.slice(-80));
  assert.match(out, /\n$/);
});
