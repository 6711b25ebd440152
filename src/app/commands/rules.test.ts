/** What the command says of rules that are good, that cannot fire here, and that are refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCli } from '../cli.ts';

const rule = (title: string, item: string, more = ''): string =>
  `title: ${title}
level: high
logsource: { product: windows, category: file_event }
detection: { selection: { ${item} }, condition: selection }
${more}`;

const GOOD = rule('Good', 'Image: x');
const SILENT = rule('Silent', 'CommandLine: x', 'scope: [server]\n');
const REFUSED = rule('Refused', 'Image|fuzzy: x');
const REMARKS = [
  'cannot fire here: events of windows file_event have no CommandLine',
  'scope ["server"] is not looked at: the rule runs for every machine',
];

async function run(context: TestContext, verb: string, ...options: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-rules-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mine.yml');
  writeFileSync(file, [GOOD, SILENT, REFUSED].join('---\n'));
  writeFileSync(join(folder, 'porchlight.yaml'), JSON.stringify({ rules: { folders: [file] } }));
  let [out, err] = ['', ''];
  const code = await runCli(['rules', verb, ...(verb === 'check' ? [file] : ['--data', folder]), ...options], {
    environment: {},
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTerminal: false,
    columns: 100,
    stdin: (async function* () {})(),
    stdinIsTerminal: false,
    uid: 1000,
    now: () => 0,
    signal: new AbortController().signal,
  });
  return { code, out, err, file };
}

for (const verb of ['list', 'check']) {
  test(`${verb}: a remark stands below its rule, a refusal has place and reason`, async (context) => {
    const { code, out, err, file } = await run(context, verb);
    const indent = ' '.repeat(15);
    const lines = [
      `high           Good  (${file})`,
      `high           Silent  (${file})`,
      ...REMARKS.map((remark) => indent + remark),
    ];
    assert.equal(out.slice(out.indexOf('high           Good')), lines.map((line) => `${line}\n`).join(''));
    assert.equal(err.split('\n')[0], `refused: ${file}:12: unknown modifier fuzzy`);
    assert.equal(code, 1);
  });
}

test('as JSON, a rule carries its remarks', async (context) => {
  const { out } = await run(context, 'check', '--json');
  const rules = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { title: string; remarks: unknown });
  assert.deepEqual(
    rules.map(({ title, remarks }) => [title, remarks]),
    [
      ['Good', []],
      ['Silent', REMARKS],
    ],
  );
});
