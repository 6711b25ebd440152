/** Which processes use the CPU: ticks now, less the ticks of the look before. */
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { ProcessUse } from '#contract';
import type { ProcReader } from './proc-file.ts';
import { nameOfProcess } from './process-name.ts';
import { readStat } from './process-stat.ts';
import { readOwner } from './system-text.ts';
import type { Units } from './units.ts';

const SHOWN = 10;
/** Processes a slice: between two, others on this thread have their turn. 128 take about a millisecond. */
const SLICE = 128;

interface Known {
  name: string;
  start: number;
  ticks: number;
  /** Ticks since the look before. */
  spent: number;
  resident: number;
  look: number;
}

export interface ProcessTable {
  /** `span` in ms since the look before, 0 for the first one. `memory` in bytes. */
  look(span: number, memory: number, accounts: ReadonlyMap<number, string>): Promise<readonly ProcessUse[]>;
}

export function processTable(proc: string, reader: ProcReader, units: Units): ProcessTable {
  const known = new Map<number, Known>();
  let looks = 0;

  function note(pid: number): void {
    const bytes = reader.readOnce(`${proc}/${pid}/stat`);
    const stat = bytes === undefined ? undefined : readStat(bytes);
    if (stat === undefined) return;
    const before = known.get(pid);
    if (before === undefined || before.start !== stat.start) {
      // One that was not there before spent all it has since then; at the first look nobody knows.
      known.set(pid, { ...stat, spent: looks === 1 ? 0 : stat.ticks, look: looks });
      return;
    }
    before.name = stat.name;
    before.spent = Math.max(0, stat.ticks - before.ticks);
    before.ticks = stat.ticks;
    before.resident = stat.resident;
    before.look = looks;
  }

  async function look(span: number, memory: number, accounts: ReadonlyMap<number, string>): Promise<ProcessUse[]> {
    looks++;
    for (const [at, pid] of pids(proc).entries()) {
      if (at % SLICE === SLICE - 1) await setImmediate();
      note(pid);
    }
    for (const [pid, { look: seen }] of known) if (seen !== looks) known.delete(pid);
    const most = mostUse([...known]);
    const seconds = span / 1000;
    return most.map(([pid, { name, spent, resident }]) => ({
      pid,
      name: nameOfProcess(proc, pid, name, reader),
      user: ownerOf(pid, accounts),
      cpu: seconds === 0 ? 0 : tenths((spent / units.ticksPerSecond / seconds) * 100),
      memory: memory === 0 ? 0 : tenths(((resident * units.pageBytes) / memory) * 100),
    }));
  }

  /** Its name, its number where it has none, '' where the process has ended meanwhile. */
  function ownerOf(pid: number, accounts: ReadonlyMap<number, string>): string {
    const owner = readOwner(reader.text(`${proc}/${pid}/status`) ?? '');
    return owner === undefined ? '' : (accounts.get(owner) ?? String(owner));
  }

  return { look };
}

/** Those that use the CPU most, and in any case the one that holds most memory: it is what a full memory is blamed on. */
function mostUse(all: readonly (readonly [number, Known])[]): readonly (readonly [number, Known])[] {
  const sorted = all.toSorted(([, a], [, b]) => b.spent - a.spent || b.resident - a.resident);
  const shown = sorted.slice(0, SHOWN);
  let largest = sorted[0];
  for (const one of sorted) if (largest !== undefined && one[1].resident > largest[1].resident) largest = one;
  return largest === undefined || shown.includes(largest) ? shown : [...shown.slice(0, SHOWN - 1), largest];
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** Numbers of all processes; none where /proc cannot be listed. */
export function pids(proc: string): readonly number[] {
  try {
    return readdirSync(proc).flatMap((name) => (/^\d{1,10}$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}
