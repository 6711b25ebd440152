/** What `porchlight rules test` says of samples that are as they say, and of those that are not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runLine } from '../cli.fixture.ts';

const RULE = `title: Door opened
level: high
logsource: { product: linux }
detection: { opened: { message|contains: door opened }, condition: opened }
porchlight: { sentence: 'the door of {host.name} opened' }
`;
const BLOCK = RULE.replace('porchlight: {', 'name: door\nporchlight: { alert: false,');
const COUNTED = `title: Guessing after the door
level: high
correlation: { type: temporal, rules: [door, ssh_login_failed], group-by: [host.name], timespan: 1h }
porchlight: { entity: host.name, sentence: 'door, then guessing at {host.name}' }
`;

const OPENED = 'Feb 28 10:00:00 attic app[7]: the door opened';
const CLOSED = 'Feb 28 10:00:00 attic app[7]: the door closed';
const FAILED = 'Feb 28 10:00:02 attic sshd[811]: Failed password for root from 203.0.113.7 port 40022 ssh2';

type Files = Readonly<Record<string, string>>;

const run = (context: TestContext, files: Files, ...options: readonly string[]) => runAt(context, files, '', options);

async function runAt(context: TestContext, files: Files, path: string, options: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-samples-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const argv = ['rules', 'test', join(folder, path), ...options];
  const { code, out, err } = await runLine(argv, { now: () => Date.UTC(2026, 10, 20) });
  const told = (text: string): string[] => text.replaceAll(join(folder, ''), '').replaceAll('/', '').trim().split('\n');
  return { code, out: told(out), err: told(err) };
}

interface Case {
  readonly what: string;
  readonly files: Files;
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const CASES: readonly Case[] = [
  {
    what: 'all as they say',
    files: { 'a.yml': RULE, 'a.samples': `== fires: the door of attic opened\n${OPENED}\n== quiet\n${CLOSED}\n` },
    code: 0,
    out: '',
    err: '1 rule file, 2 samples: all as they say.',
  },
  {
    what: 'one that does not fire, and how its line was read',
    files: { 'a.yml': RULE, 'a.samples': `== fires\n${CLOSED}\n` },
    code: 1,
    out: 'a.samples:1: did not fire; line 2 was read by no parser as product linux, service syslog: porchlight parse --explain shows its fields',
    err: '1 rule file, 1 sample: 1 not as they say.',
  },
  {
    what: 'one that fires and must not',
    files: { 'a.yml': RULE, 'a.samples': `== quiet\n${OPENED}\n` },
    code: 1,
    out: 'a.samples:1: fired, and must not: "the door of attic opened"',
    err: '1 rule file, 1 sample: 1 not as they say.',
  },
  {
    what: 'one that says something else',
    files: { 'a.yml': RULE, 'a.samples': `== fires: the cat\n${OPENED}\n` },
    code: 1,
    out: 'a.samples:1: says "the door of attic opened", not "the cat"',
    err: '1 rule file, 1 sample: 1 not as they say.',
  },
  {
    what: 'a building block fires here although it never alerts',
    files: { 'a.yml': BLOCK, 'a.samples': `== fires\n${OPENED}\n` },
    code: 0,
    out: '',
    err: '1 rule file, 1 sample: all as they say.',
  },
  {
    what: 'a rule that refers to one beside it and to one of ours',
    files: {
      'a.yml': BLOCK,
      'a.samples': `== fires\n${OPENED}\n`,
      'b.yml': COUNTED,
      'b.samples': `== fires: door, then guessing at attic\n${OPENED}\n${FAILED}\n== quiet\n${OPENED}\n`,
    },
    code: 0,
    out: '',
    err: '2 rule files, 3 samples: all as they say.',
  },
  {
    what: 'a rule that is refused',
    files: { 'a.yml': RULE.replace('contains', 'fuzzy'), 'a.samples': `== quiet\n${OPENED}\n` },
    code: 1,
    out: 'a.yml:1: unknown modifier fuzzy',
    err: '1 rule file, 0 samples: 1 not as they say.',
  },
  {
    what: 'a fault in the samples',
    files: { 'a.yml': RULE, 'a.samples': `${OPENED}\n` },
    code: 1,
    out: 'a.samples:1: a line before the first "== fires" or "== quiet"',
    err: '1 rule file, 0 samples: 1 not as they say.',
  },
];

for (const { what, files, code, out, err } of CASES) {
  test(what, async (context) => {
    const told = await run(context, files);
    assert.deepEqual(told, { code, out: [out], err: [err] });
  });
}

test('the samples may be named instead of the rule', async (context) => {
  const { code, err } = await runAt(context, { 'a.yml': RULE, 'a.samples': `== fires\n${OPENED}\n` }, 'a.samples', []);
  assert.deepEqual([code, err], [0, ['1 rule file, 1 sample: all as they say.']]);
});

test('many rules without samples are one line', async (context) => {
  const many = Array.from({ length: 11 }, (_, n) => [`r${n}.yml`, RULE.replace('Door', `Door ${n}`)] as const);
  const { err } = await run(context, Object.fromEntries(many));
  assert.deepEqual(err, ['11 rule files without samples.', '11 rule files, 0 samples: all as they say.']);
});

test('a rule without samples is named, and no fault', async (context) => {
  const { code, err } = await run(context, { 'a.yml': RULE });
  assert.equal(code, 0);
  assert.equal(err[0], 'a.yml: no samples; they would be in a.samples');
});

test('as JSON, a line a sample', async (context) => {
  const { out } = await run(
    context,
    { 'a.yml': RULE, 'a.samples': `== fires\n${OPENED}\n== quiet\n${OPENED}\n` },
    '--json',
  );
  const results = out.map((line) => JSON.parse(line) as { line: number; sample: string; ok: boolean; fault?: string });
  assert.deepEqual(
    results.map(({ line, sample, ok }) => [line, sample, ok]),
    [
      [1, 'fires', true],
      [3, 'quiet', false],
    ],
  );
});
