/**
 * How many events a second one core takes through the detection engine, a lane for each kind of log.
 *
 * Every event is new: a batch is made, then timed, then forgotten, so that it is as cold in the caches as one that was just
 * parsed. Time is the thread's own processor time, since other work on the machine is not the engine's. Before that, other
 * events of all lanes warm the engine up, since a machine has more than one kind of log.
 */
import type { Event, EventId } from '#contract';
import type { Detector } from '#detect';
import { fileEvent, processCreation, syslog } from './events.ts';
import { threadMillis } from './load.ts';

export interface Lane {
  readonly name: string;
  readonly events: (seed: number) => () => Event;
  readonly reach: number;
}

export const LANES: readonly Lane[] = [
  { name: 'process_creation', events: processCreation, reach: 100_000 },
  { name: 'file_event', events: fileEvent, reach: 250_000 },
  { name: 'sshd, sudo, cron', events: syslog, reach: 1_000_000 },
];

const BATCH = 500;
const id: EventId = '1-1';

export interface Speed {
  /** Events a second. */
  readonly rate: number;
  /** Share of events that hit a rule. */
  readonly hits: number;
  /** Rules that were evaluated, by event, in order of size. */
  readonly looked: readonly number[];
}

export function speed(detector: Detector, next: () => Event, events: number): Speed {
  const looked: number[] = [];
  let [ms, hits] = [0, 0];
  for (let done = 0; done < events; done += BATCH) {
    const batch = Array.from({ length: BATCH }, next);
    const began = process.threadCpuUsage();
    for (const event of batch) {
      if (detector.detect({ id, event }).matches.length > 0) hits++;
      looked.push(detector.looked());
    }
    ms += threadMillis(began);
  }
  return {
    rate: (looked.length / ms) * 1000,
    hits: hits / looked.length,
    looked: looked.toSorted((one, other) => one - other),
  };
}

/** Other events than those that are measured. */
export function warmUp(detector: Detector, seed: number, events: number): void {
  for (const lane of LANES) speed(detector, lane.events(seed + 1000), events);
}
