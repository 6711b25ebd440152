/** Follows Windows' event log where there is one, and shows each channel as a source of its own. */
import type { SourceTag } from '#contract';
import { type ChannelFault, windowsEventLog, type WindowsEventLogOptions, type WindowsLoss } from '#sources';
import type { MachineOptions } from './collect.ts';
import { supervise } from './supervise.ts';

/** Another system, or other programs than Windows' own. */
type Elsewhere = Pick<WindowsEventLogOptions, 'powershell' | 'wevtutil' | 'pause'> & {
  readonly platform?: NodeJS.Platform;
};

const sourceId = (channel: string): string => `winlog:${channel}`;

export function followWindows(options: MachineOptions, elsewhere: Elsewhere = {}): Promise<void> {
  const { config, hostName, hub, board, counters, now, signal } = options;
  const { enabled, channels } = config.sources.windows_event_log;
  const { platform = process.platform, ...programs } = elsewhere;
  if (platform !== 'win32' || !enabled || channels.length === 0) return Promise.resolve();
  const tags = new Map(channels.map((channel) => [channel, tagOf(channel, hostName)]));
  const rows = new Map(channels.map((channel) => [channel, row(channel)]));
  let way = '';
  const show = (channel: string): void => {
    const { state, reason, loss } = rows.get(channel) ?? row(channel);
    board.set(sourceId(channel), state, [reason, way, loss].filter((part) => part !== '').join(' '));
  };
  const change = (channel: string, to: Partial<Row>): void => {
    Object.assign(rows.get(channel) ?? {}, to);
    show(channel);
  };
  for (const channel of channels) show(channel);
  return supervise(
    {
      name: 'winlog',
      open: (inner) =>
        windowsEventLog(
          {
            ...programs,
            channels,
            tagOf: (channel) => tags.get(channel) ?? tagOf(channel, hostName),
            known: hub.marks('winlog:'),
            backfill: config.sources.backfill_hours * 3_600_000,
            now,
            onLost(channel, loss) {
              counters.add(
                'windows_event_losses',
                channel === '' ? loss.kind : `${channel} ${loss.kind}`,
                sizeOf(loss),
              );
              if (channel === '') return;
              const told = LOSSES[loss.kind](loss);
              change(channel, { loss: told });
              if (loss.kind !== 'unreadable') options.onGap?.(sourceId(channel), told);
            },
            onChannel: (channel, state, reason) => change(channel, standing(channel, state, reason)),
            onFallback(reason) {
              way = `PowerShell does not run, so wevtutil is asked every few seconds: ${reason}`;
              for (const channel of channels) show(channel);
            },
          },
          inner,
        ),
      put: hub.put,
      settled: hub.settled,
      onState(state, reason) {
        if (state === 'failed') for (const channel of channels) change(channel, { state, reason });
      },
    },
    signal,
    now,
  );
}

const tagOf = (channel: string, host: string): SourceTag => ({
  id: sourceId(channel),
  agent: 'local',
  host,
  type: 'winlog',
});

interface Row {
  state: 'following' | 'waiting' | 'denied' | 'failed';
  reason: string;
  loss: string;
}

const row = (channel: string): Row => ({ state: 'following', reason: `Windows event log ${channel}.`, loss: '' });

const STATES: Readonly<Record<'following' | ChannelFault, Row['state']>> = {
  following: 'following',
  missing: 'waiting',
  denied: 'denied',
  failed: 'failed',
};

function standing(channel: string, state: 'following' | ChannelFault, reason: string): Pick<Row, 'state' | 'reason'> {
  return { state: STATES[state], reason: words(channel, state, reason) };
}

function words(channel: string, state: 'following' | ChannelFault, reason: string): string {
  switch (state) {
    case 'following':
      return row(channel).reason;
    case 'missing':
      return /sysmon/i.test(channel)
        ? 'Not there: Sysmon is not installed. It is read as soon as it is.'
        : 'This machine has no event log of that name. It is read as soon as it appears.';
    case 'denied':
      return (
        'Only administrators and the group Event Log Readers may read it. Run Porchlight as a service or as administrator, or let ' +
        'your account into the group, in a terminal of an administrator. Run: net localgroup "Event Log Readers" %USERNAME% /add, then sign in again'
      );
    default:
      return `It cannot be read: ${reason}`;
  }
}

const sizeOf = (loss: WindowsLoss): number => (loss.kind === 'gap' ? loss.to - loss.from : 1);

const LOSSES: { readonly [Kind in WindowsLoss['kind']]: (loss: WindowsLoss) => string } = {
  gap: (loss) =>
    loss.kind === 'gap'
      ? `Records ${loss.from} to ${loss.to - 1} were overwritten or cleared before they were read: they are lost.`
      : '',
  cleared: () => 'The log was cleared; what was in it and not read yet is lost.',
  unsure: () => 'The record read last is gone from the log; whether others went before they were read cannot be told.',
  unreadable: () => 'An event was broken; it is kept as it came.',
  garbage: () => '',
};
