/* Adds up the steps of .ci/run: the counts that the test runner wrote, or one for a step that counts nothing itself. */
import process from 'node:process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', corpus = ''] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
const reasons = [];

for (const name of readdirSync(folder).filter((file) => file.endsWith('.code'))) {
  const code = Number(readFileSync(join(folder, name), 'utf8'));
  const file = join(folder, name.replace('.code', '.json'));
  const counted = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0, reasons: [] };
  const whole = !existsSync(file);
  sum.passed += counted.passed + (whole && code === 0 ? 1 : 0);
  sum.failed += counted.failed + (code !== 0 && counted.failed === 0 ? 1 : 0);
  sum.skipped += counted.skipped;
  reasons.push(...counted.reasons);
}

const excused = (reason) => corpus === '' && /: (skipped: )?no corpus\b/.test(reason);
const unexcused = reasons.filter((reason) => !excused(reason));
for (const reason of unexcused) process.stdout.write(`skipped without an excuse: ${reason}\n`);
// A count without a reason cannot be judged, so it is not excused either.
if (sum.failed > 0 || unexcused.length > 0 || reasons.length !== sum.skipped) process.exitCode = 1;
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
