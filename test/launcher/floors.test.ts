/**
 * The floors, proved: for each room a file that breaks each of its rules, in a copy, and the linter's verdict on it. What is allowed stands beside what is not, so a rule that refuses everything fails too.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';

const REPO = dirname(dirname(import.meta.dirname));

const ROOMS = ['sources', 'normalize', 'enrich', 'detect', 'alerts', 'store', 'notify'];
const FLOOR1_SEES = ['#contract', '#lib/channel'];
const ABOVE = ['#api', '#ui/model', '#app/hub'];
const PURE = ['normalize', 'enrich', 'detect', 'alerts'];

interface Row {
  readonly folder: string;
  readonly line: string;
  /** The rule that has to refuse it; false when the line is fine. */
  readonly refused: string | false;
}

const IMPORTS = 'no-restricted-imports';
const row = (folder: string, line: string, refused: string | false): Row => ({ folder, line, refused });
const from = (folder: string, specifier: string, refused: string | false): Row =>
  row(folder, `import { x } from '${specifier}'; export const y = x;`, refused);

const rows: readonly Row[] = [
  ...ROOMS.flatMap((room) => [
    ...FLOOR1_SEES.map((specifier) => from(`src/${room}`, specifier, false)),
    from(`src/${room}`, './other.ts', false),
    ...ABOVE.map((specifier) => from(`src/${room}`, specifier, IMPORTS)),
    ...ROOMS.filter((other) => other !== room).map((other) => from(`src/${room}`, `#${other}`, IMPORTS)),
    ...ROOMS.filter((other) => other !== room).map((other) => from(`src/${room}/deep`, `../../${other}/x.ts`, IMPORTS)),
    from(`src/${room}`, '../lib/channel.ts', IMPORTS),
    from(`src/${room}`, '../contract/index.ts', IMPORTS),
  ]),
  row('src/alerts', `import type { Match } from '#detect'; export type M = Match;`, false),
  row('src/notify', `import type { Store } from '#store'; export type S = Store;`, IMPORTS),
  row('src/store', `export const a = await import('#api');`, IMPORTS),
  row('src/store', `export * from '#notify';`, IMPORTS),
  row('src/store', `export { x } from '#notify';`, IMPORTS),

  ...PURE.flatMap((room) => [
    ...[
      'node:fs',
      'node:net',
      'node:child_process',
      'node:worker_threads',
      'node:os',
      'node:process',
      'node:timers',
    ].map((module) => from(`src/${room}`, module, IMPORTS)),
    row(`src/${room}`, `import { createHash } from 'node:crypto'; export const h = createHash;`, false),
    row(`src/${room}`, `import { randomUUID } from 'node:crypto'; export const h = randomUUID;`, IMPORTS),
    row(`src/${room}`, `import { isIP } from 'node:net'; export const h = isIP;`, false),
    row(`src/${room}`, `export const now = Date.now();`, 'no-restricted-properties'),
    row(`src/${room}`, `export const dice = Math.random();`, 'no-restricted-properties'),
    row(`src/${room}`, `export const home = process.env['HOME'];`, 'no-restricted-globals'),
    row(`src/${room}`, `export const later = setTimeout(String, 1);`, 'no-restricted-globals'),
    row(`src/${room}`, `export const page = fetch('http://192.0.2.1/');`, 'no-restricted-globals'),
  ]),

  from('src/contract', 'zod', false),
  from('src/contract', './level.ts', false),
  ...['zod/mini', 'yaml', 'zodiac', 'node:fs', '#lib/channel', '#store', '../lib/brand.ts'].map((specifier) =>
    from('src/contract', specifier, IMPORTS),
  ),
  from('src/lib', './channel.ts', false),
  from('src/lib', 'node:fs', false),
  ...['#contract', '#store', '#app/hub', '../contract/index.ts'].map((specifier) =>
    from('src/lib', specifier, IMPORTS),
  ),

  ...['#contract', '#lib/channel', '#store', './x.ts'].map((specifier) => from('src/api', specifier, false)),
  ...['#sources', '#normalize', '#detect', '#alerts', '#notify', '#app/hub', '#ui/model', '../store/index.ts'].map(
    (specifier) => from('src/api', specifier, IMPORTS),
  ),

  ...['src/ui/web', 'src/ui/tui'].flatMap((face) => [
    ...['#contract', '#lib/printable', '#ui/model', './x.ts'].map((specifier) => from(face, specifier, false)),
    ...['#store', '#api', '#app/hub', '#detect', '../model/index.ts', '../../contract/index.ts'].map((specifier) =>
      from(face, specifier, IMPORTS),
    ),
  ]),
  from('src/ui/web', '../tui/frame.ts', IMPORTS),
  from('src/ui/tui', '../web/api.ts', IMPORTS),
  from('src/ui/web', 'node:fs', IMPORTS),
  from('src/ui/model', 'node:os', IMPORTS),
  from('src/ui/model', '../web/api.ts', IMPORTS),
  from('src/ui/model', '#contract', false),
  from('src/ui/model', '#store', IMPORTS),

  ...['#contract', '#store', '#api', '#ui/model', './hub.ts'].map((specifier) => from('src/app', specifier, false)),
  from('src/app', '../store/index.ts', IMPORTS),
  row('src/api', `console.log('x');`, 'no-console'),
  row('src/app', `console.log('x');`, false),
  row('src/app', `export const a: any = 1;`, 'no-explicit-any'),
  row('src/app', `export const a = [1].length == 1;`, 'eqeqeq'),
  row('src/app', `async function f(): Promise<void> {} f();`, 'no-floating-promises'),
  row('src/app', `import { test } from 'node:test'; test('x', async () => {});`, false),
  row(
    'src/app',
    `export function f(x: 'a' | 'b'): number { switch (x) { case 'a': return 1; } return 0; }`,
    'switch-exhaustiveness-check',
  ),
];

const reportSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string().default(''), filename: z.string(), message: z.string() })),
});

function lint(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), 'porchlight-floors-'));
  try {
    for (const name of ['.oxlintrc.json', 'package.json', 'tsconfig.json']) cpSync(join(REPO, name), join(root, name));
    symlinkSync(join(REPO, 'node_modules'), join(root, 'node_modules'));
    for (const [name, text] of files) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const oxlint = join(REPO, 'node_modules/oxlint/bin/oxlint');
    const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '-f', 'json'], { cwd: root, encoding: 'utf8' });
    assert.ok(stdout.startsWith('{'), `${stdout}${stderr}`);
    const found = new Map<string, string[]>([...files.keys()].map((name) => [name, []]));
    for (const { filename, code } of reportSchema.parse(JSON.parse(stdout)).diagnostics)
      found.get(filename)?.push(code);
    return found;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('each floor holds what it should and lets through what it should', () => {
  const names = rows.map((one, index) => `${one.folder}/row${index}.ts`);
  const found = lint(new Map(rows.map((one, index) => [names[index] ?? '', `${one.line}\n`])));
  const wrong = rows.flatMap((one, index) => {
    const codes = found.get(names[index] ?? '') ?? [];
    const right = one.refused === false ? codes.length === 0 : codes.some((code) => code.includes(`(${one.refused})`));
    return right
      ? []
      : [`${one.folder}: ${one.line} → ${codes.join(', ') || 'nothing'}, not ${one.refused || 'nothing'}`];
  });
  assert.deepEqual(wrong, []);
});

test('a cycle of imports is refused', () => {
  const found = lint(
    new Map([
      ['src/lib/one.ts', `import { two } from './two.ts';\nexport const one = (): unknown => two;\n`],
      ['src/lib/two.ts', `import { one } from './one.ts';\nexport const two = (): unknown => one;\n`],
      ['src/lib/three.ts', `import { one } from './one.ts';\nexport const three = one;\n`],
    ]),
  );
  for (const name of ['src/lib/one.ts', 'src/lib/two.ts']) assert.match(found.get(name)?.join() ?? '', /no-cycle/);
});
