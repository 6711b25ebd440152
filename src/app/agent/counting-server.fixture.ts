/**
 * A server of agents as `agent-wire` says, over real TLS, that counts: the sequence rules and nothing else. What it stores it keeps in
 * order, by text, so a test can tell lost, doubled and out of order apart.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { AGENT_PATHS, type BatchHead, type DeclaredGap, type WireRecord, type WireSource } from '#contract';
import { createLanes } from '../agents/lanes.ts';
import { type Authority, makeAuthority } from './authority.fixture.ts';

export interface Stored {
  readonly seq: number;
  readonly source: WireSource | undefined;
  readonly record: WireRecord;
}

/** What to do instead of storing; 'drop reply': store, then hang up. */
export type Mood =
  | 'fine'
  | 'drop reply'
  | 'reset'
  | { readonly status: number; readonly headers?: Record<string, string> };

/** With `keep: false` it only counts: for measurements. `commit`: ms that storing a batch takes, one after another, in order. */
export interface CountingServer {
  readonly url: string;
  readonly authority: Authority;
  readonly key: string;
  readonly epochs: Map<string, { mark: number; readonly stored: Stored[]; readonly gaps: DeclaredGap[] }>;
  readonly heads: BatchHead[];
  /** All that was stored, whatever the epoch. */
  texts(): string[];
  repeated(): number;
  /** Records stored. */
  count(): number;
  /** Asked before each batch. */
  mood: (head: BatchHead) => Mood;
  /** ms that a batch takes to get here. */
  travel: () => number;
  /** Requests that are being answered, the most there ever were. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

export async function countingServer(
  port = 0,
  authority = makeAuthority(),
  { keep = true, commit = 0 }: { readonly keep?: boolean; readonly commit?: number } = {},
): Promise<CountingServer> {
  const key = 'a-key-of-the-test-server';
  const epochs: CountingServer['epochs'] = new Map();
  const heads: BatchHead[] = [];
  const lanes = createLanes();
  let [repeats, count] = [0, 0];
  let [atOnce, most] = [0, 0];
  let commits: Promise<unknown> = Promise.resolve();

  function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  function store(head: BatchHead, records: readonly WireRecord[], response: ServerResponse): boolean {
    const state = epochs.get(head.epoch) ?? { mark: 0, stored: [], gaps: [] };
    epochs.set(head.epoch, state);
    if (head.from > state.mark && head.gap?.from !== state.mark) {
      answer(response, 409, { code: 'SEQUENCE', expected: state.mark });
      return false;
    }
    if (head.gap !== undefined && head.from > state.mark) state.gaps.push(head.gap);
    count += Math.max(0, head.to - Math.max(head.from, state.mark));
    for (const [i, record] of keep ? records.entries() : []) {
      const seq = head.from + i;
      if (seq < state.mark) repeats += 1;
      else state.stored.push({ seq, source: head.sources[record.s], record });
    }
    state.mark = Math.max(state.mark, head.to);
    return true;
  }

  async function attend(request: IncomingMessage, response: ServerResponse): Promise<void> {
    most = Math.max(most, ++atOnce);
    try {
      await take(request, response);
    } finally {
      atOnce -= 1;
    }
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    if (request.url === AGENT_PATHS.enroll) {
      const { secret } = JSON.parse(sent.toString()) as { secret: string };
      if (secret !== 'secret') answer(response, 401, { code: 'UNAUTHORIZED' });
      else answer(response, 201, { agent: 'nas', key });
      return;
    }
    if (request.headers.authorization !== `Bearer ${key}`) return answer(response, 401, { code: 'UNAUTHORIZED' });
    const unpack = request.headers['content-encoding'] === 'gzip' ? gunzipSync : zstdDecompressSync;
    const body = unpack(sent);
    const [first = '', ...lines] = body.toString().trimEnd().split('\n');
    const head = JSON.parse(first) as BatchHead;
    if (keep) heads.push(head);
    const records = keep ? lines.map((line) => JSON.parse(line) as WireRecord) : [];
    if (lines.length !== head.to - head.from) return answer(response, 400, { detail: 'a wrong number of lines' });
    const mood = server.mood(head);
    if (typeof mood === 'object') return answer(response, mood.status, {}, mood.headers);
    if (mood === 'reset') return void request.socket.destroy();
    await sleep(server.travel());
    const outcome = await lanes.submit({ agent: 'nas' }, body, async () => {
      if (commit > 0) commits = commits.then(() => sleep(commit));
      await commits;
      const isStored = store(head, records, response);
      const { mark } = epochs.get(head.epoch) ?? { mark: 0 };
      if (!isStored) return { kind: 'sequence', expected: mark };
      return { kind: 'taken', accepted: 0, repeated: 0, mark, report: undefined };
    });
    if (outcome.kind !== 'taken') return;
    if (mood === 'drop reply') return void request.socket.destroy();
    const mark = epochs.get(head.epoch)?.mark ?? 0;
    answer(response, 201, { status: 'ok', accepted: records.length, repeated: 0, mark });
  }

  const https: Server = createServer({ key: authority.leafKey, cert: authority.chain }, (request, response) => {
    attend(request, response).catch(() => request.socket.destroy());
  });
  https.listen(port, '127.0.0.1');
  await once(https, 'listening');
  const { port: actual } = https.address() as { port: number };
  const server: CountingServer = {
    url: `https://127.0.0.1:${actual}`,
    authority,
    key,
    epochs,
    heads,
    texts: () => [...epochs.values()].flatMap(({ stored }) => stored.map(({ record }) => record.t)),
    repeated: () => repeats,
    count: () => count,
    mood: () => 'fine',
    travel: () => 0,
    mostAtOnce: () => most,
    async close() {
      https.closeAllConnections();
      https.close();
      await once(https, 'close');
    },
  };
  return server;
}
