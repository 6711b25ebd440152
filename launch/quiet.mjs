import process from 'node:process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** A dot a second shows a person that it is alive. */
const DOT_MS = 1000;

/**
 * Runs a long step under one line of text. Its output goes to a file.
 * @param {{ what: string, log: string, file: string, args: readonly string[], cwd: string, shell: boolean, started: (pid: number) => void, env?: NodeJS.ProcessEnv }} step
 * @returns {Promise<string | undefined>} why it failed, with the place of the whole output
 */
export async function runQuietly(step) {
  const tty = process.stderr.isTTY;
  const log = openSync(step.log, 'w', 0o600);
  const ending = finished(step, log);
  process.stderr.write(`porchlight: ${step.what} …${tty ? ' ' : '\n'}`);
  const dots = tty ? setInterval(() => process.stderr.write('.'), DOT_MS) : undefined;
  try {
    const problem = await ending;
    return problem === undefined ? undefined : `${lastWords(step.log) ?? problem} (all of it: ${step.log})`;
  } finally {
    clearInterval(dots);
    closeSync(log);
    if (tty) process.stderr.write('\n');
  }
}

function finished(step, log) {
  return new Promise((resolve) => {
    const { file, args, cwd, shell } = step;
    const child = spawn(file, args, {
      cwd,
      shell,
      env: { ...(step.env ?? process.env), NO_COLOR: '1' },
      stdio: ['ignore', log, log],
    });
    if (child.pid !== undefined) step.started(child.pid);
    // A start that is interrupted takes its step along: an install must not go on behind the lock it no longer holds.
    const stop = (signal) => {
      child.kill(signal);
      interrupted = signal;
    };
    let interrupted;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
    child.on('error', (error) => resolve(`${file}: ${error.code === 'ENOENT' ? 'not found' : error.message}`));
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(name, stop);
      if (interrupted !== undefined) process.exit(130);
      resolve(code === 0 ? undefined : `it ended with ${signal ?? code}`);
    });
  });
}

/** What names a cause, most telling first. */
const CAUSES = [/could not|cannot|failed to|not found|no space|denied|timed? ?out/i, /\bE[A-Z]{5,}\b/, /error|fail/i];

/** The line that says most, without npm's prefixes and without its lines about codes and logs; otherwise the last one. */
function lastWords(file) {
  const lines = stripVTControlCharacters(readFileSync(file, 'utf8'))
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter(
      (line) => line !== '' && !/^(code|errno|syscall|A complete log|A full report|.{0,2}Build failed)/.test(line),
    );
  for (const cause of CAUSES) {
    const line = lines.find((one) => cause.test(one));
    if (line !== undefined) return line;
  }
  return lines.at(-1);
}
