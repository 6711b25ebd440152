/**
 * Records of an event log of Windows → records for the pipeline, each once.
 *
 * Such a file does not grow at its end: its header counts, its oldest chunk is written over when it is full. What stays is a chunk with
 * the records that are in it. So each chunk is a stream, known by its first record, and places in it count from there.
 */
import { hash } from 'node:crypto';
import type { Mark, Position, RawRecord, SourceTag } from '#contract';
import { contentOf } from './content.ts';
import { type Entry, entriesOf, WINDOWS_TYPE } from './entries.ts';
import { bad, type Job, type Means } from './job.ts';
import type { Line } from './numbered-lines.ts';
import { pacer, type Put } from './records.ts';

export const CHUNKS = 'import-evtx:';

/** `marks`: of all streams that begin with CHUNKS. */
export async function importWindowsLog(job: Job, means: Means, put: Put, marks: readonly Mark[]): Promise<void> {
  const { source, tally } = job;
  const done = new Map(marks.map(({ key, mark }) => [key, mark]));
  const tag: SourceTag = {
    id: `import:${tally.file}`,
    agent: 'local',
    host: means.host,
    path: source.path,
    type: WINDOWS_TYPE,
  };
  const received = means.now();
  const pace = pacer(job, means);
  const content = contentOf(source, means.signal);
  for await (const entries of entriesOf(tally.kind, content)) {
    const lines = entries.filter((entry) => whole(entry, job, means));
    const records: RawRecord[] = [];
    for (const [line, position] of placed(lines, source.path)) {
      if (position.to <= (done.get(position.stream.key) ?? 0)) tally.known++;
      else records.push({ source: tag, received, text: line.text, position, backfill: true });
    }
    if (records.length > 0) await put(records);
    pace(content.read);
    means.signal.throwIfAborted();
  }
}

function whole(entry: Entry, job: Job, means: Means): entry is Line {
  if (!('damage' in entry)) return true;
  bad(means, job, ` ${entry.damage}`);
  return false;
}

/** What lies between two records is damage, which is told already: it is no gap of the stream. */
function* placed(lines: readonly Line[], file: string): Generator<readonly [Line, Position]> {
  const [first] = lines;
  if (first === undefined) return;
  const stream = {
    key: CHUNKS + hash('sha256', first.text, 'base64url').slice(0, 22),
    detail: JSON.stringify({ file }),
  };
  let from = 0;
  for (const line of lines) {
    const to = line.to - first.from;
    yield [line, { stream, from, to }];
    from = to;
  }
}
