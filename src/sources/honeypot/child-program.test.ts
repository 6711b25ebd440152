import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'node:test';
import { BOOTSTRAP, CHILD_FLAGS, childProgram, type Program } from './child-program.ts';

const program = childProgram(import.meta.resolve('./child.ts'));

/** Node's own modules that the child may use: none of them but `net` can reach anybody, and its way out is sealed. */
const ALLOWED = ['node:buffer', 'node:net'];
const OUTWARD =
  /\b(?:connect|createConnection|fetch|WebSocket|EventSource|dgram|dns|https?|tls|child_process|getBuiltinModule|require|import)\s*\(/g;

test('childProgram: holds every module of the child, by name, without types', () => {
  for (const name of ['child', 'listener', 'login', 'telnet', 'printable'])
    assert.ok(Object.hasOwn(program, name), name);
  assert.doesNotMatch(Object.values(program).join('\n'), /^(?:export )?(?:interface|type) /m);
});

test('childProgram: the child imports nothing else, and names no way to connect to anybody', () => {
  for (const [name, source] of Object.entries(program)) {
    for (const [, specifier = ''] of source.matchAll(/^(?:import|export|\}) .*?from '([^']+)';/gm)) {
      assert.ok(ALLOWED.includes(specifier) || /^\.\/|^#lib\//.test(specifier), `${name} imports ${specifier}`);
    }
    const outward = source.match(OUTWARD) ?? [];
    assert.deepEqual(outward, [], name);
  }
});

test('childProgram: taking types out prints no warning', async () => {
  const script = `import { childProgram } from ${JSON.stringify(import.meta.resolve('./child-program.ts'))};
    childProgram(${JSON.stringify(import.meta.resolve('./child.ts'))});`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  assert.equal(stderr, '');
});

/** Runs a program as the child runs, and gives what it printed. */
async function runAsChild(modules: Program, options: object): Promise<string> {
  const running = promisify(execFile)(process.execPath, [...CHILD_FLAGS, '-e', BOOTSTRAP], { env: {}, cwd: '/' });
  running.child.stdin?.end(`${JSON.stringify({ program: modules, options })}\n`);
  return (await running).stdout;
}

test('the child seals itself before it says that it listens', async () => {
  const child = `import { run as start } from './original.ts';
    export function run(options) {
      const { write } = process.stdout;
      process.stdout.write = function (text) {
        let outcome = text + 'connected';
        try { process.getBuiltinModule('net').connect(5009, '127.0.0.1'); } catch (error) { outcome = text + error.message; }
        write.call(process.stdout, outcome);
        process.exit();
      };
      start(options);
    }`;
  const config = { host: '127.0.0.1', port: 0, name: 'router', exempt: [], max_connections: 2 };
  const printed = await runAsChild({ ...program, child, original: program['child'] ?? '' }, { config, failDelay: 1 });
  assert.match(printed, /"listening".*\nThe honeypot never connects to anybody\.$/);
});

const forbidden: readonly (readonly [string, string, RegExp])[] = [
  ['connecting', "process.getBuiltinModule('net').connect(9, '127.0.0.1')", /never connects/],
  [
    'fetching',
    "await fetch('http://127.0.0.1:5009/').catch((error) => { throw error.cause ?? error; })",
    /never connects|WebAssembly is not defined/,
  ],
  ['an HTTP request', "process.getBuiltinModule('http').get('http://127.0.0.1:9/')", /never connects/],
  [
    'unsealing',
    "Object.defineProperty(process.getBuiltinModule('net').Socket.prototype, 'connect', { value: 1 })",
    /redefine/,
  ],
  ['reading a file', "process.getBuiltinModule('fs').readFileSync('/etc/passwd')", /ERR_ACCESS_DENIED/],
  ['writing a file', "process.getBuiltinModule('fs').writeFileSync('/tmp/honeypot', '')", /ERR_ACCESS_DENIED/],
  ['starting a program', "process.getBuiltinModule('child_process').execFileSync('/bin/true')", /ERR_ACCESS_DENIED/],
  [
    'starting a thread',
    "new (process.getBuiltinModule('worker_threads').Worker)('0', { eval: true })",
    /ERR_ACCESS_DENIED/,
  ],
];

for (const [name, body, refusal] of forbidden) {
  test(`the child's process refuses ${name}`, async () => {
    const attempt = `try { ${body}; console.log('done'); } catch (error) { console.log(error.code + ' ' + error.message); }`;
    const child = `import { sealOutgoing } from './seal.ts';
      export async function run() { sealOutgoing(); ${attempt} process.exit(); }`;
    const printed = await runAsChild({ ...program, child }, {});
    assert.match(printed, refusal);
  });
}
