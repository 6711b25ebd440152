/*
 * What `npm test` prints: a line a file with its counts and time, and every failure in full where it happens.
 * The exact counts go as JSON to the file that PORCHLIGHT_TALLY names: nobody has to read them out of text.
 */
import process from 'node:process';
import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { inspect } from 'node:util';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed cancelled ones too
 * @property {number} skipped ones marked 'todo' too
 * @property {string[]} reasons a line for each skipped test: name and reason
 */

export default async function* report(source) {
  const tally = { passed: 0, failed: 0, skipped: 0, reasons: [] };
  const path = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') path.splice(data.nesting, Infinity, data.name);
    else if (type === 'test:fail') yield failure(data, path);
    else if (type === 'test:pass' && isSkipped(data)) tally.reasons.push(skipped(data));
    else if (type === 'test:pass' && isFile(data)) {
      // The runner counts a file without a test as one that passed; here it proves nothing, so it fails.
      tally.passed -= 1;
      tally.failed += 1;
      yield `✖ ${relative(process.cwd(), data.file)}: no test in it\n`;
    } else if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    else if (type === 'test:summary') {
      if (data.file !== undefined) yield fileLine(data);
      else add(tally, data.counts);
    }
  }
  const file = process.env['PORCHLIGHT_TALLY'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(tally));
}

function add(tally, counts) {
  tally.passed += counts.passed;
  tally.failed += counts.failed + counts.cancelled;
  tally.skipped += counts.skipped + counts.todo;
}

function isSkipped(data) {
  return data.details?.type !== 'suite' && ((data.skip ?? false) !== false || (data.todo ?? false) !== false);
}

function isFile(data) {
  return data.file !== undefined && data.nesting === 0 && resolve(data.name) === data.file;
}

function skipped(data) {
  const why = [data.skip, data.todo].find((reason) => typeof reason === 'string' && reason !== '');
  return `${place(data)} › ${data.name}: ${why ?? 'no reason given'}`;
}

function fileLine({ file, counts, duration_ms: took, success }) {
  const extra = [
    counts.failed + counts.cancelled > 0 ? `, ${counts.failed + counts.cancelled} failed` : '',
    counts.skipped + counts.todo > 0 ? `, ${counts.skipped + counts.todo} skipped` : '',
  ].join('');
  return `${success ? '✔' : '✖'} ${relative(process.cwd(), file)}: ${counts.passed} passed${extra} (${Math.round(took)} ms)\n`;
}

/** A suite fails because a test in it failed, which has been told. */
function failure(data, path) {
  const error = data.details?.error;
  if (error?.failureType === 'subtestsFailed') return '';
  const name = [...path.slice(0, data.nesting), data.name].join(' › ');
  const cause = error?.cause ?? error;
  const text = cause instanceof Error && cause.stack !== undefined ? details(cause) : inspect(cause);
  return `✖ ${place(data)} › ${name}\n${text.replaceAll(/^/gm, '    ')}\n`;
}

function details(error) {
  return inspect(error, { depth: 6, colors: false });
}

function place(data) {
  return data.file === undefined ? '' : `${relative(process.cwd(), data.file)}:${data.line ?? 1}`;
}
