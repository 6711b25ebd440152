/** `top --once` and `--json` as a script sees them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../e2e/house.ts';

const HOUSE = fileURLToPath(new URL('watched-house.ts', import.meta.url));

describe('top without a terminal', () => {
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'porchlight-once-'));
    writeFileSync(join(folder, 'porchlight.yaml'), `http:\n  port: ${await freePort()}\n`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const env = { ...process.env, HOUSE_DATA: folder, TZ: 'UTC', TERM: 'xterm-256color', COLORTERM: 'truecolor' };
    return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', HOUSE, ...args], {
      encoding: 'utf8',
      env,
    });
  }

  const exits: readonly (readonly [house: string, options: readonly string[], exit: number])[] = [
    ['plain', [], 2],
    ['calm', [], 0],
    ['warned', [], 1],
    ['warned', ['--min-level=alert'], 0],
    ['plain', ['--min-level=alert'], 2],
  ];
  for (const [house, options, exit] of exits) {
    test(`the worst level is the exit code: ${[house, ...options].join(' ')} → ${exit}`, () => {
      const { status, stdout, stderr } = run(house, '--once', ...options);
      assert.equal(status, exit, stderr);
      assert.match(stdout, /● Porchlight {2}nas/);
    });
  }

  test('what is printed for a pipe has no escapes, no keys and no blank end', () => {
    const { stdout } = run('plain', '--once');
    assert.doesNotMatch(stdout, /\u001b|q quit|\n\n$/);
    assert.match(stdout, /6 Alerts/);
  });

  test('hostile names are spelled out in a pipe too', () => {
    const { stdout } = run('hostile', '--once');
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}]/u);
    assert.match(stdout, /\\x1b\[2J/);
  });

  test('--json is one line with everything that is known', () => {
    const { stdout } = run('plain', '--once', '--json');
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    const said = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([said['score'], said['level'], said['band'], said['host']], [82, 'alert', 'minor', 'nas']);
    assert.equal((said['alerts'] as unknown[]).length, 9);
    assert.deepEqual(
      (said['entries'] as { level: string }[]).map(({ level }) => level),
      ['info', 'info', 'warning', 'alert', 'info'],
    );
  });

  test('drawing needs a terminal, and says what to do without one', () => {
    const { status, stderr } = run('plain');
    assert.notEqual(status, 0);
    assert.match(stderr, /use --once or --json/);
  });
});
