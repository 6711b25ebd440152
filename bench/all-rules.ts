/**
 * The whole process with the community's rules beside our own: durable intake of the mix of a house, and of Sysmon's process creations in
 * the shape that evtx_dump gives them. The generator shares the cores.
 */
import type { Event } from '#contract';
import { processCreation } from './detect/events.ts';
import { SIGMA_NAMES } from './detect/judge.ts';
import { sigmaFolders } from './detect/load.ts';
import { percentile, post } from './http-load.ts';
import { bulkIntake, type Intake } from './intake.ts';
import { peakMb, residentMb, startServerProcess } from './server-process.ts';

const A_POST = 1000;
const START = Date.parse('2026-01-15T08:00:00Z');

export interface AllRules {
  readonly idleMb: number;
  readonly peakMb: number;
  readonly mix: Intake;
  readonly sysmon: Intake;
}

/** Undefined where there is no corpus of rules. */
export async function allRules(seed: number, events: number): Promise<AllRules | undefined> {
  const folders = sigmaFolders();
  if (folders.length === 0) return undefined;
  const server = await startServerProcess(undefined, folders);
  try {
    // The first POST waits until the rules are compiled; it is not what is measured.
    await bulkIntake(server.port, seed, A_POST);
    await sysmonIntake(server.port, seed, A_POST);
    const idleMb = residentMb(server.pid);
    const mix = await bulkIntake(server.port, seed, events);
    const sysmon = await sysmonIntake(server.port, seed, events / 4);
    return { idleMb, peakMb: peakMb(server.pid), mix, sysmon };
  } finally {
    await server.stop();
    server.remove();
  }
}

async function sysmonIntake(port: number, seed: number, events: number): Promise<Intake> {
  const next = processCreation(seed);
  const requests = Math.ceil(events / A_POST);
  const bodies = Array.from({ length: Math.min(requests, 60) }, (_, i) =>
    Buffer.from(Array.from({ length: A_POST }, (_unused, j) => written(next(), i * A_POST + j)).join('\n')),
  );
  const { elapsed, refused, times } = await post({
    port,
    path: '/api/logs',
    clients: 4,
    requests,
    body: (i) => bodies[i % bodies.length] as Buffer,
  });
  return { events: requests * A_POST, refused, elapsed, p99: percentile(times, 0.99) };
}

const DATA = 'winlog.event_data.';

function written(event: Event, record: number): string {
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) {
    const known = name.startsWith('process.')
      ? SIGMA_NAMES[name]
      : name.startsWith(DATA)
        ? name.slice(DATA.length)
        : undefined;
    if (known !== undefined) data[known] = value;
  }
  const system = {
    Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
    EventID: 1,
    Level: 4,
    TimeCreated: { '#attributes': { SystemTime: new Date(START + record * 20).toISOString() } },
    EventRecordID: record + 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Computer: event['host.name'],
  };
  return JSON.stringify({ Event: { System: system, EventData: data } });
}
