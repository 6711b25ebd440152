/** The log as one PowerShell process tells it, for as long as it lives. */
import { LIMITS } from '#contract';
import { type ChannelFault, type Feed, type FeedItem, type FeedRequest, xpathOf } from './feed.ts';
import { lineCutter, type Piece } from './pieces.ts';
import { CannotRun, type Program, runProgram } from './program.ts';
import { POWERSHELL } from './read-events.ts';

/** Base64 takes four characters for three bytes. */
const LINE = Math.ceil((LIMITS.bytes / 3) * 4) + 32;
const WORD = /^([RESX])(?: (\d{1,3}) ?([^]*))?$/;
const FAULTS: readonly ChannelFault[] = ['missing', 'denied', 'failed'];

/** Throws `CannotRun` where it ends before it was ready, and another error where it ends later. */
export async function* powershellFeed(program: Program, request: FeedRequest, signal: AbortSignal): Feed {
  const { channels, startOf } = request;
  const starts = channels.map((name) => `${name}\t${xpathOf(startOf(name))}`).join('\n');
  const environment = { ...POWERSHELL.environment, PORCHLIGHT_CHANNELS: starts };
  const run = runProgram(program, POWERSHELL.args, environment, signal);
  const lines = lineCutter(LINE);
  let isReady = false;
  try {
    let step: Awaited<ReturnType<typeof run.next>>;
    while ((step = await run.next()).done !== true) {
      const items: FeedItem[] = [];
      for (const line of lines(step.value)) {
        const item = read(line, channels);
        if (item === 'ready') isReady = true;
        else items.push(item);
      }
      if (items.length > 0) yield items;
    }
    if (signal.aborted) return;
    const why = `PowerShell ended with ${step.value.code ?? 'a signal'}. ${step.value.complaint}`.trim();
    throw isReady ? new Error(why) : new CannotRun(why);
  } finally {
    await run.return({ code: null, complaint: '' });
  }
}

function read({ text, cut }: Piece, channels: readonly string[]): FeedItem | 'ready' {
  const [, word, index, rest = ''] = WORD.exec(text) ?? [];
  if (word === 'R') return 'ready';
  const channel = index === undefined ? undefined : channels[Number(index)];
  if (channel === undefined) return { kind: 'garbage' };
  switch (word) {
    case 'E': {
      const xml = unpack(rest, cut);
      return xml === undefined ? { kind: 'garbage' } : { kind: 'event', channel, xml: xml.slice(0, LIMITS.bytes), cut };
    }
    case 'S':
      return { kind: 'caught-up', channel, newest: newestOf(rest) };
    case 'X': {
      const [kind, why = ''] = rest.split(' ');
      const fault = FAULTS.find((one) => one === kind);
      return fault === undefined
        ? { kind: 'garbage' }
        : { kind: 'fault', channel, fault, reason: unpack(why, cut) ?? '' };
    }
    default:
      return { kind: 'garbage' };
  }
}

/** A cut line ends anywhere in a group of four. */
function unpack(base64: string, cut: boolean): string | undefined {
  const whole = cut ? base64.slice(0, base64.length & ~3) : base64;
  if (whole.length % 4 !== 0 || !/^[\w+/]*={0,2}$/.test(whole)) return undefined;
  return Buffer.from(whole, 'base64').toString('utf8');
}

/** `OLDEST COUNT`; both are empty for an empty log. */
function newestOf(text: string): number | undefined {
  const [, oldest, count] = /^(\d{1,15}) (\d{1,15})$/.exec(text) ?? [];
  return oldest === undefined || Number(count) === 0 ? undefined : Number(oldest) + Number(count) - 1;
}
