import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { contextOf } from '../cli.fixture.ts';
import { up } from './up.ts';

test('stopped while it still starts: it ends', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-up-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'porchlight.yaml'), `host: { root: ${JSON.stringify(folder)} }\n`);
  const stop = new AbortController();
  const said: string[] = [];
  const context = contextOf({
    out: (text) => void said.push(text),
    err: (text) => void said.push(text),
    // The first look at the clock comes before anything is started.
    now() {
      stop.abort();
      return Date.now();
    },
    uid: undefined,
    signal: stop.signal,
  });
  assert.equal(await up.run(context, { port: '0', honeypot: 'off', data: folder }, []), 0);
  assert.equal(said.at(-1), 'Stopped. Everything is kept.\n');
});
