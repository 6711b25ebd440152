/**
 * What a process is called. The kernel keeps 15 bytes of the name, and Node calls every one of its processes MainThread; the first
 * word of the command line says more. It is believed only where it goes on where the kernel's name was cut off, or where that
 * says nothing: a process may write into its command line what it likes.
 */
import { basename } from 'node:path';
import type { ProcReader } from './proc-file.ts';

/** TASK_COMM_LEN without its NUL (include/linux/sched.h). */
const CUT_AT = 15;
const SAYS_NOTHING = 'MainThread';

export function processName(kernel: string, commandLine: string): string {
  const cut = Buffer.byteLength(kernel) >= CUT_AT;
  if (!cut && kernel !== SAYS_NOTHING) return kernel;
  const first = basename(commandLine.split('\0', 1)[0] ?? '').slice(0, 100);
  return first !== '' && (kernel === SAYS_NOTHING || first.startsWith(kernel)) ? first : kernel;
}

/** The same for a running process; its command line is read only where it may be needed. */
export function nameOfProcess(proc: string, pid: number, kernel: string, reader: ProcReader): string {
  const short = kernel !== SAYS_NOTHING && Buffer.byteLength(kernel) < CUT_AT;
  return short ? kernel : processName(kernel, reader.text(`${proc}/${pid}/cmdline`) ?? '');
}
