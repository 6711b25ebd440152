/** How the kinds of work hand their records on, and how they count what they leave out. */
import type { RawRecord } from '#contract';
import type { Marks } from '../marks.ts';

/** Counter names: what never got in, what came twice, what was kept but changed, what detection had to let go. */
export type CountName =
  | 'records_lost'
  | 'records_dropped'
  | 'records_repeated'
  | 'records_mended'
  | 'detections_dropped'
  | 'agent_reports_refused';

/** What became of a record: an event, or why not. */
export type Taken = 'stored' | 'repeat' | 'blank' | 'older_than_backfill';

export interface Intake {
  readonly marks: Marks;
  /** `ingested`: when it reached the server, where that is another time than when it was read. */
  take(record: RawRecord, ingested?: number): Taken;
  count(name: CountName, reason: string, by?: number): void;
}
