/**
 * What the records of one audit event know of each other, and what is known of a process's parent.
 *
 *   SYSCALL  pid 20, ppid 10, exe, who   ─┐ begins the event (the kernel writes it first)
 *   EXECVE   the arguments                ├▶ carries all of the SYSCALL, and the parent 10 from the cache
 *   CWD, PATH, SOCKADDR, PROCTITLE       ─┘  carry the process
 *
 * Both tables are bounded and forget the oldest. A record that comes without its SYSCALL, because the log or the
 * memory begins in the middle, is what it says itself and no more.
 */
import type { Memory } from '../../memory.ts';
import type { Draft, Parsed } from '../parser.ts';

/** Events whose records may still come; the kernel interleaves those of several processors. */
const MAX_EVENTS = 256;
const MAX_PROCESSES = 4096;

export interface AuditEvent {
  /** Fields of the process and its user, for the event's other records. */
  readonly process: Parsed;
  readonly call: string;
  readonly succeeded: boolean;
  directory: string | undefined;
}

interface Process {
  readonly name: string | undefined;
  readonly executable: string | undefined;
  readonly commandLine: string;
}

interface State {
  readonly events: Map<string, AuditEvent>;
  readonly processes: Map<string, Process>;
}

const states = new WeakMap<Memory, State>();

function stateOf(memory: Memory): State {
  const known = states.get(memory);
  if (known !== undefined) return known;
  const state: State = { events: new Map(), processes: new Map() };
  states.set(memory, state);
  return state;
}

function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  if (map.size >= most) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}

export const begin = (memory: Memory, key: string, event: AuditEvent): void =>
  keep(stateOf(memory).events, key, event, MAX_EVENTS);

export const eventOf = (memory: Memory, key: string): AuditEvent | undefined => stateOf(memory).events.get(key);

/** A process is what it last executed. */
export function executed(memory: Memory, host: string, pid: number, process: Process): void {
  keep(stateOf(memory).processes, `${host}\n${pid}`, process, MAX_PROCESSES);
}

export function setParent(draft: Draft, memory: Memory, host: string, pid: number): void {
  const parent = stateOf(memory).processes.get(`${host}\n${pid}`);
  if (parent === undefined) return;
  if (parent.name !== undefined) draft['process.parent.name'] = parent.name;
  if (parent.executable !== undefined) draft['process.parent.executable'] = parent.executable;
  draft['process.parent.command_line'] = parent.commandLine;
}
