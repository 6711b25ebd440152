/* Loaded before the program under test, in each of its threads: its wall clock is ahead by what a file says, which may change. */
import { readFileSync, watchFile } from 'node:fs';
import process from 'node:process';

const path = process.env['PORCHLIGHT_TEST_CLOCK'] ?? '';
const trueNow = Date.now.bind(Date);
let ahead = 0;

function look() {
  try {
    ahead = Number(readFileSync(path, 'utf8'));
  } catch {
    // The run is over and its folder gone.
  }
}

look();
watchFile(path, { interval: 100, persistent: false }, look);
Date.now = () => trueNow() + ahead;
// Dates that others made stay instances of it.
globalThis.Date = new Proxy(Date, {
  construct: (target, parts, newTarget) =>
    Reflect.construct(target, parts.length === 0 ? [trueNow() + ahead] : parts, newTarget),
});
