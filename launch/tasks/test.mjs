/*
 * `npm test`: everything that the tests need, then the tests. Arguments are files or globs to run instead of all.
 *
 * Two runs: unit tests and suites side by side, then what owns a browser, starts whole servers or kills them, one file at
 * a time, because it watches the clock of a machine that should not be doing something else.
 * Only what needs the public corpus may be left out, and only where PORCHLIGHT_CORPUS is not set; that is said.
 */
import process from 'node:process';
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePage } from '../page.mjs';
import { ROOT } from '../places.mjs';
import { say, Stop } from '../say.mjs';
import { childEnv } from './child-env.mjs';
import { ensureTools } from './tools.mjs';

const CORPUS = 'test/conformance/corpus/';
/** What exists on Linux alone. */
const LINUX = ['src/sources/journald.', 'src/sources/syslog.', 'test/e2e/syslog', 'test/e2e/journald', 'test/deploy/'];
const ALONE = ['test/deploy/', 'test/e2e/', 'test/chaos/', 'test/launcher/', 'test/web/'];
const PATTERNS = ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'bench/**/*.test.ts'];
/** A hung test ends the run instead of holding it for ever; no test is meant to come near it. */
const HUNG_MS = 10 * 60_000;

process.chdir(ROOT);
try {
  process.exitCode = await testAll(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = error.code;
}

async function testAll(wanted) {
  const files = globSync(wanted.length > 0 ? wanted : PATTERNS)
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => process.platform === 'linux' || !LINUX.some((name) => file.startsWith(name)));
  const chosen = files.filter((file) => wanted.length > 0 || withCorpus() || !file.startsWith(CORPUS)).toSorted();
  if (chosen.length === 0) throw new Stop(`No test file matches ${(wanted.length > 0 ? wanted : PATTERNS).join(' ')}.`);
  // A unit test that is run by itself needs neither browser nor page.
  const whole = chosen.some((file) => file.startsWith('test/'));
  const browser = whole ? ensureTools() : '';
  if (whole) await ensurePage({ path: process.execPath, here: true, packaged: false }, { must: true });

  const alone = chosen.filter((file) => ALONE.some((folder) => file.startsWith(folder)));
  const together = chosen.filter((file) => !alone.includes(file));
  const tallies = [];
  if (together.length > 0) tallies.push(await runNode(together, 2, browser));
  if (alone.length > 0) tallies.push(await runNode(alone, 1, browser));
  return report(tallies, chosen.length < files.length);
}

function withCorpus() {
  return (process.env['PORCHLIGHT_CORPUS'] ?? '') !== '';
}

/** @returns {Promise<import('./reporter.mjs').Tally>} */
async function runNode(files, concurrency, browser) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-tally-'));
  const tally = join(folder, 'tally.json');
  try {
    const code = await new Promise((resolve, reject) => {
      const args = ['--disable-warning=ExperimentalWarning', '--test', `--test-concurrency=${concurrency}`];
      args.push(`--test-timeout=${HUNG_MS}`, `--test-reporter=${new URL('reporter.mjs', import.meta.url).href}`);
      const env = { ...childEnv(), PORCHLIGHT_TALLY: tally, PORCHLIGHT_CHROMIUM: browser };
      const child = spawn(process.execPath, [...args, ...files], { stdio: 'inherit', env });
      const passOn = (signal) => child.kill(signal);
      process.once('SIGINT', passOn).once('SIGTERM', passOn);
      child.on('error', reject);
      child.on('exit', (status) => {
        process.removeListener('SIGINT', passOn).removeListener('SIGTERM', passOn);
        resolve(status ?? 1);
      });
    });
    const found = existsSync(tally)
      ? JSON.parse(readFileSync(tally, 'utf8'))
      : { passed: 0, failed: 0, skipped: 0, reasons: [] };
    // The runner itself has the last word: a crash after the last test is a failure too.
    if (code !== 0 && found.failed === 0) found.failed = 1;
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(tallies, withoutCorpus) {
  const sum = (key) => tallies.reduce((total, tally) => total + tally[key], 0);
  const tally = {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    reasons: tallies.flatMap((one) => one.reasons),
  };
  for (const reason of tally.reasons) process.stdout.write(`skipped: ${reason}\n`);
  if (withoutCorpus) process.stdout.write(`skipped: no corpus (PORCHLIGHT_CORPUS is not set, ${CORPUS} did not run)\n`);
  const place = process.env['PORCHLIGHT_TALLY_FILE'];
  if (place === undefined)
    process.stdout.write(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
  else writeFileSync(place, JSON.stringify(tally));
  if (tally.passed + tally.failed === 0 && tally.skipped === 0) return 1;
  return tally.failed === 0 ? 0 : 1;
}
