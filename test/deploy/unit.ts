/** What the units in deploy/ say, read as systemd reads them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const CHECKOUT = join(import.meta.dirname, '../..');
export const UNIT = join(CHECKOUT, 'deploy/porchlight.service');
export const AGENT_UNIT = join(CHECKOUT, 'deploy/porchlight-agent.service');

/** Every value of a setting, in its order. */
export function settings(name: string, unit = UNIT): readonly string[] {
  const lines = readFileSync(unit, 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
}

export function analyze(...args: readonly string[]): { readonly code: number; readonly out: string } {
  const { status, stdout, stderr, error } = spawnSync('systemd-analyze', ['--no-pager', ...args], {
    encoding: 'utf8',
    env: { ...process.env, SYSTEMD_COLORS: '0', LC_ALL: 'C' },
  });
  if (error !== undefined) throw error;
  return { code: status ?? -1, out: stdout + stderr };
}

/** System calls that the unit lets through: the first line allows, those with ~ take away. */
export function allowedCalls(unit = UNIT): ReadonlySet<string> {
  const allowed = new Set<string>();
  for (const line of settings('SystemCallFilter', unit)) {
    const names = line.replace(/^~/, '').split(' ');
    for (const call of names.flatMap(membersOf)) {
      if (line.startsWith('~')) allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}

const sets = new Map<string, readonly string[]>();

function membersOf(name: string): readonly string[] {
  if (!name.startsWith('@')) return [name];
  const known = sets.get(name);
  if (known !== undefined) return known;
  const { code, out } = analyze('syscall-filter', name);
  if (code !== 0) throw new Error(`${name}: ${out}`);
  const members = [...out.matchAll(/^ {4}([@\w-]+)$/gm)].flatMap(([, member = '']) => membersOf(member));
  sets.set(name, members);
  return members;
}
