/*
 * The product in another process, as if it were this one: same terminal, same arguments, same end.
 *
 * - Signals are passed on. At a terminal the kernel has already given Ctrl-C to the whole group, and npm passes it on once
 *   more; inside.mjs counts such echoes as one.
 * - The child's exit code or signal becomes ours.
 * - fd 3 is the lifeline: a pipe that only we hold. If we die without a word (kill -9) it ends, and the child stops itself.
 */
import process from 'node:process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVER_FLAGS, serverEnvironment } from './frugal.mjs';
import { leave } from './running.mjs';
import { Stop } from './say.mjs';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGBREAK'];

/**
 * @param {string} node the executable
 * @param {URL} script
 * @param {readonly string[]} args
 */
export function runChild(node, script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...SERVER_FLAGS, fileURLToPath(script), ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: { ...serverEnvironment(process.env), PORCHLIGHT_LIFELINE: `3:${process.pid}` },
    });
    const passOn = (signal) => child.kill(signal);
    for (const signal of PASSED_ON) {
      if (signal !== 'SIGBREAK' || process.platform === 'win32') process.on(signal, passOn);
    }
    child.on('error', (error) => reject(new Stop(refusal(node, error), 127)));
    child.on('exit', (code, signal) => {
      for (const name of PASSED_ON) process.removeListener(name, passOn);
      if (signal === null) process.exitCode = code ?? 1;
      else {
        leave();
        process.kill(process.pid, signal);
      }
      resolve(undefined);
    });
  });
}

/** ENOENT for a file that exists means that its loader is missing: musl, or a 32-bit system on a 64-bit kernel. */
function refusal(node, error) {
  return error.code === 'ENOENT' || error.code === 'ENOEXEC'
    ? `The packaged Node (${node}) does not run on this system. Install Node 24 with the system's own packages and start again.`
    : `${node} could not be started: ${error.message}`;
}
