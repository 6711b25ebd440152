/** 'Add a parser' is true: the parser as the document shows it, put where it says, reads the line that it shows. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const document = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');

test('the parser of CONTRIBUTING is one file and one line', () => {
  const source = /```ts\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  const sample = /^```\n(.*dropbear\[\d+\]: .*)\n```/m.exec(document)?.[1] ?? '';
  assert.ok(source.includes('export const dropbear') && sample !== '');
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-contributing-'));
  try {
    for (const name of ['package.json', 'src/contract', 'src/lib', 'src/normalize']) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    }
    const table = join(folder, 'src/normalize/parsers/index.ts');
    const without = readFileSync(table, 'utf8').replace(/^.*dropbear.*\n/gm, '');
    const [, file = ''] = /`(src\/normalize\/parsers\/dropbear\.ts)`/.exec(document) ?? [];
    rmSync(join(folder, file));
    assert.equal(
      dropbearReads(folder, without, table, sample)['user.name'],
      undefined,
      'without it nobody reads the line',
    );
    writeFileSync(join(folder, file), source);
    const line = `import { dropbear } from './dropbear.ts';\n${without.replace('= [\n', '= [\n  dropbear,\n')}`;
    const event = dropbearReads(folder, line, table, sample);
    assert.equal(event['user.name'], 'root');
    assert.equal(event['source.ip'], '203.0.113.7');
    assert.equal(event['event.outcome'], 'failure');
    assert.equal(event['labels.service'], 'sshd');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function dropbearReads(folder: string, table: string, path: string, line: string): Record<string, unknown> {
  writeFileSync(path, table);
  const source = { id: 'x', agent: 'local', host: 'x' };
  const program = `import { normalize } from './src/normalize/index.ts';
    const record = ${JSON.stringify({ source, received: Date.UTC(2026, 2, 1), text: line })};
    console.log(JSON.stringify(normalize(record, { timezone: 'UTC', count() {} })));`;
  writeFileSync(join(folder, 'run.ts'), program);
  const out = execFileSync(process.execPath, ['run.ts'], { cwd: folder, encoding: 'utf8' });
  return JSON.parse(out) as Record<string, unknown>;
}
