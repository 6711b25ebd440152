/*
 * The last step before the product, in the Node that runs it: marks this process as running from the checkout, ties its
 * life to the launcher's, makes one signal out of its echoes, then hands over to src/app/main.ts.
 */
import module from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { CACHE } from './places.mjs';
import { foldedProgram, foldLater, programId } from './program.mjs';
import { enter } from './running.mjs';

/** Ctrl-C reaches us from the terminal, from npm and from the launcher, within milliseconds of each other. */
const ECHO_MS = 1000;

/** Swallows a repeated signal, so that a second Ctrl-C of a person can mean 'now', and npm's copy of the first does not. */
function oneSignal(process_) {
  const last = new Map();
  const emit = process_.emit;
  process_.emit = function emitOnce(name, ...rest) {
    if (name === 'SIGINT' || name === 'SIGTERM' || name === 'SIGHUP') {
      const now = performance.now();
      const echo = now - (last.get(name) ?? -Infinity) < ECHO_MS;
      if (echo) return true;
      last.set(name, now);
    }
    return Reflect.apply(emit, this, [name, ...rest]);
  };
}

/** With the packaged Node this is a flag of the child; a Node that was there already has started without it. */
function quietExperiments(process_) {
  const emitWarning = process_.emitWarning;
  process_.emitWarning = (warning, ...rest) => {
    const kind = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (kind !== 'ExperimentalWarning') Reflect.apply(emitWarning, process_, [warning, ...rest]);
  };
}

async function lifeline(fd) {
  const { Socket } = await import('node:net');
  const pipe = new Socket({ fd, readable: true, writable: false });
  pipe.on('error', () => undefined);
  pipe.on('close', () => {
    // Windows has no signals between processes: there the listeners are called, or the process ends.
    if (process.platform !== 'win32') process.kill(process.pid, 'SIGTERM');
    else if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
  });
  pipe.resume();
  pipe.unref();
}

// Compiled code and stripped types are kept: half the start-up time, and 20 MB less in each thread. The call is for this
// thread, the variable for those to come.
process.env['NODE_COMPILE_CACHE'] ??= join(CACHE, 'compiled');
module.enableCompileCache?.(process.env['NODE_COMPILE_CACHE']);

// Ours only if our parent gave it: a task hands its environment on to what it starts, and there the number means another file.
const [fd, parent] = (process.env['PORCHLIGHT_LIFELINE'] ?? '').split(':');
delete process.env['PORCHLIGHT_LIFELINE'];
oneSignal(process);
quietExperiments(process);
const id = programId();
// Who leaves no mark runs from the sources: whoever folds next would remove what nobody seems to run from.
const folded = enter(process.argv[2] ?? '', id) ? foldedProgram(id) : undefined;
if (Number(parent) === process.ppid) await lifeline(Number(fd));
if (folded === undefined && process.argv[2] === 'up') foldLater();
await import(folded ?? '../src/app/main.ts');
