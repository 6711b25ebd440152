/**
 * `PORCHLIGHT_CORPUS=… node test/conformance/corpus/report.ts [case] [--no-hint] [--all]`
 *
 * Which lines of the corpus are read, per key and per declared type, and each line that is not, with what is wrong. `case` is a
 * regular expression over case names and types; with `--all` also lines that are right are shown, with their event.
 */
import { parseArgs } from 'node:util';
import { differences, eventOf, percent, rows, score, type Row } from './services.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-hint': { type: 'boolean', default: false }, all: { type: 'boolean', default: false } },
});
const hinted = !values['no-hint'];
const wanted = new RegExp(positionals[0] ?? '', 'i');
const chosen = rows().filter((row) => wanted.test(row.case) || wanted.test(row.type));

function show(row: Row): void {
  const wrong = differences(row, hinted);
  if (wrong.length === 0 && !values.all) return;
  console.log(`\n${row.case} (${row.type})\n  ${row.line.slice(0, 2000)}`);
  for (const { key, ours, theirs } of wrong) {
    console.log(`  ✖ ${key}: ${ours === '' ? 'nothing' : JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`);
  }
  if (values.all) console.log(JSON.stringify(eventOf(row, hinted), null, 2));
}

chosen.forEach(show);
const types = Map.groupBy(chosen, ({ type }) => type);
console.log(`\n${hinted ? 'With' : 'Without'} the type as a hint`);
for (const [type, list] of [...types].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  const { right } = score(list, hinted);
  if (right < list.length) console.log(`  ${type}: ${right} of ${list.length}`);
}
const { lines, right, keys } = score(chosen, hinted);
for (const [key, { expected, equal }] of keys)
  console.log(`  ${key}: ${equal} of ${expected} (${percent(equal, expected)})`);
console.log(`  lines: ${right} of ${lines} (${percent(right, lines)})`);
