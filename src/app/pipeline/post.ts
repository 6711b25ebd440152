/** A POST of logs: its body into records, each with its place where the sender gave an Idempotency-Key. */
import type { SourceTag } from '#contract';
import { takeBody } from '#sources';
import { briefStream } from '../marks.ts';
import type { Intake } from './intake.ts';
import type { Work, WorkResult } from './work.ts';

export function receivePost(post: Work & { kind: 'post' }, hostName: string, { take, count }: Intake): WorkResult {
  const { agent, idempotencyKey, received } = post;
  const isLocal = agent === 'local';
  const tag: SourceTag = { id: isLocal ? 'http' : `http:${agent}`, agent, host: isLocal ? hostName : agent };
  const stream = idempotencyKey === undefined ? undefined : briefStream(agent, idempotencyKey, received);
  const body = takeBody(post.body, tag, received, (record, i) => {
    take(stream === undefined ? record : { ...record, position: { stream, from: i, to: i + 1 } });
  });
  if (body === undefined) return { kind: 'bad-body' };
  if (body.rejected.length > 0) count('records_dropped', 'rejected', body.rejected.length);
  return { kind: 'post', accepted: body.accepted, rejected: body.rejected };
}
