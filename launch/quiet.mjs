import process from 'node:process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A dot a second shows a person that it is alive. */
const DOT_MS = 1000;

/**
 * Runs a long step under one line of text. Its output goes to a file.
 * @param {{ what: string, log: string, file: string, args: readonly string[], cwd: string, shell: boolean, started: (pid: number) => void, env?: NodeJS.ProcessEnv }} step
 * @returns {Promise<string | undefined>} why it failed, with the place of the whole output
 */
export async function runQuietly(step) {
  const tty = process.stderr.isTTY;
  process.stderr.write(`porchlight: ${step.what} …${tty ? ' ' : '\n'}`);
  const dots = tty ? setInterval(() => process.stderr.write('.'), DOT_MS) : undefined;
  const log = openSync(step.log, 'w', 0o600);
  try {
    const problem = await finished(step, log);
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
    const child = spawn(file, args, { cwd, shell, env: step.env ?? process.env, stdio: ['ignore', log, log] });
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

/** The line that says most: npm's own 'npm error' lines without codes and log paths, otherwise the last one. */
function lastWords(file) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(code|errno|syscall|A complete log|A full report)/.test(line));
  return lines.find((line) => /error|failed|cannot|not found|ENO|EAI/i.test(line)) ?? lines.at(-1);
}
