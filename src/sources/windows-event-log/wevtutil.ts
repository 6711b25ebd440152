/** The log as wevtutil prints it, channel by channel, every few seconds: where PowerShell cannot run. */
import { sleep } from '#lib/backoff';
import { type ChannelFault, type Feed, type FeedItem, type FeedRequest, xpathOf } from './feed.ts';
import { eventCutter } from './pieces.ts';
import { type Ending, type Program, runProgram } from './program.ts';

/** Windows' error numbers (winerror.h), which wevtutil ends with; its words are in the machine's language. */
const FAULTS: Readonly<Record<number, ChannelFault>> = { 5: 'denied', 15007: 'missing', 15001: 'failed' };
const LOG_LENGTH = 100_000;

export async function* wevtutilFeed(
  program: Program,
  request: FeedRequest & { readonly pause: number },
  signal: AbortSignal,
): Feed {
  while (!signal.aborted) {
    for (const channel of request.channels) {
      const ending = yield* query(program, channel, request, signal);
      if (signal.aborted) return;
      if (ending.code !== 0) yield [faultOf(channel, ending)];
      else yield [{ kind: 'caught-up', channel, newest: await newestOf(program, channel, signal) }];
    }
    await sleep(request.pause, signal).catch(() => undefined);
  }
}

async function* query(
  program: Program,
  channel: string,
  { startOf }: FeedRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly FeedItem[], Ending> {
  const args = ['qe', channel, `/q:${xpathOf(startOf(channel))}`, '/rd:false', '/f:RenderedXml', '/uni:true'];
  const run = runProgram(program, args, {}, signal);
  let garbage = 0;
  const cut = eventCutter(() => garbage++);
  try {
    let step: IteratorResult<string, Ending>;
    while ((step = await run.next()).done !== true) {
      const items: FeedItem[] = cut(step.value).map((piece) => ({
        kind: 'event',
        channel,
        xml: piece.text,
        cut: piece.cut,
      }));
      for (; garbage > 0; garbage--) items.push({ kind: 'garbage' });
      if (items.length > 0) yield items;
    }
    return step.value;
  } finally {
    await run.return({ code: null, complaint: '' });
  }
}

const faultOf = (channel: string, { code, complaint }: Ending): FeedItem => ({
  kind: 'fault',
  channel,
  fault: FAULTS[code ?? -1] ?? 'failed',
  reason: complaint === '' ? `wevtutil ended with ${code ?? 'a signal'}.` : complaint,
});

/** `gli` names its figures in English everywhere. */
async function newestOf(program: Program, channel: string, signal: AbortSignal): Promise<number | undefined> {
  let said = '';
  for await (const text of runProgram(program, ['gli', channel], {}, signal)) said = (said + text).slice(0, LOG_LENGTH);
  const figure = (name: string): number =>
    Number(new RegExp(`^\\s*${name}:\\s*(\\d{1,15})\\s*$`, 'm').exec(said)?.[1] ?? 0);
  const count = figure('numberOfLogRecords');
  return count === 0 ? undefined : figure('oldestRecordNumber') + count - 1;
}
