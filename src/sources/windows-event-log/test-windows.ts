/** For tests: events as Windows writes them, a log that a stand-in for its programs reads, and a reader that keeps marks as the store does. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Mark, RawRecord } from '#contract';
import { windowsEventLog, type WindowsEventLogOptions, type WindowsLoss } from '../windows-event-log.ts';
import type { Misbehaviour } from './stand-in.ts';

const STAND_IN = fileURLToPath(new URL('stand-in.ts', import.meta.url));
const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';
/** When record 0 was written; records are a second apart. */
export const BEGIN = Date.UTC(2026, 10, 20);

interface Sample {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | string;
  readonly data: string;
  readonly rest?: string;
}

/** What is written into the log of a machine called DESKTOP-7. */
export const SAMPLES = {
  logonFailed: {
    channel: 'Security',
    provider: `Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'`,
    eventId: 4625,
    data: `<Data Name='SubjectUserSid'>S-1-0-0</Data><Data Name='SubjectLogonId'>0x0</Data><Data Name='TargetUserName'>Administrator</Data><Data Name='Status'>0xc000006d</Data><Data Name='LogonType'>3</Data><Data Name='WorkstationName'></Data><Data Name='IpAddress'>203.0.113.7</Data><Data Name='IpPort'>50122</Data>`,
  },
  logon: {
    channel: 'Security',
    provider: `Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'`,
    eventId: 4624,
    data: `<Data Name='TargetUserName'>anna</Data><Data Name='LogonType'>2</Data><Data Name='LogonGuid'>{00000000-0000-0000-0000-000000000000}</Data>`,
  },
  processCreated: {
    channel: 'Microsoft-Windows-Sysmon/Operational',
    provider: `Name='Microsoft-Windows-Sysmon' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'`,
    eventId: 1,
    data: `<Data Name='ProcessGuid'>{0197231e-5645-6929-c410-000000000d00}</Data><Data Name='ProcessId'>8752</Data><Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='CommandLine'>cmd.exe /c "echo &lt;&amp;&gt; Grüße &#x1F600;"</Data>`,
  },
  serviceInstalled: {
    channel: 'System',
    provider: `Name='Service Control Manager' Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}' EventSourceName='Service Control Manager'`,
    eventId: `<EventID Qualifiers='16384'>7045</EventID>`,
    data: `<Data Name='ServiceName'>updater</Data><Data Name='ImagePath'>C:\\Temp\\u.exe</Data>`,
  },
  /** `eventcreate /ID 100 /L APPLICATION /T INFORMATION /SO porch /D "door bell"` */
  eventcreate: {
    channel: 'Application',
    provider: `Name='porch'`,
    eventId: `<EventID Qualifiers='0'>100</EventID>`,
    data: `<Data>door bell</Data>`,
  },
} as const satisfies Readonly<Record<string, Sample>>;

export const stampOf = (id: number): string => new Date(BEGIN + id * 1000).toISOString().replace('Z', '0000Z');

export function eventXml(sample: Sample, id: number, stamp = stampOf(id)): string {
  const eventId = typeof sample.eventId === 'number' ? `<EventID>${sample.eventId}</EventID>` : sample.eventId;
  return (
    `<Event xmlns='${NAMESPACE}'><System><Provider ${sample.provider}/>${eventId}<Version>0</Version><Level>4</Level><Task>0</Task>` +
    `<Opcode>0</Opcode><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='${stamp}'/><EventRecordID>${id}</EventRecordID>` +
    `<Correlation/><Execution ProcessID='740' ThreadID='1204'/><Channel>${sample.channel}</Channel><Computer>DESKTOP-7</Computer>` +
    `<Security UserID='S-1-5-18'/></System><EventData>${sample.data}</EventData>${sample.rest ?? ''}</Event>`
  );
}

const numbered = (channel: string, id: number): Sample => ({
  channel,
  provider: `Name='test'`,
  eventId: 1,
  data: `<Data Name='N'>${id}</Data>`,
});

export interface Machine {
  readonly folder: string;
  misbehave(how: Misbehaviour): void;
  /** Records [from, to), a second apart. `age`: another clearing of the log, whose times are others. */
  write(channel: string, from: number, to: number, age?: number): void;
  writeXml(channel: string, id: number, xml: string): void;
  /** The oldest records up to `id` are overwritten. */
  wrap(channel: string, id: number): void;
  clear(channel: string): void;
  deny(channel: string): void;
}

export function machine(t: TestContext): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'windows-event-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const fileOf = (channel: string): string => join(folder, `${channel.replaceAll('/', '%4')}.log`);
  const line = (id: number, xml: string): string => `${JSON.stringify({ id, xml })}\n`;
  return {
    folder,
    misbehave: (how) => writeFileSync(join(folder, 'misbehave.json'), JSON.stringify(how)),
    write(channel, from, to, age = 0) {
      let text = '';
      for (let id = from; id < to; id++)
        text += line(id, eventXml(numbered(channel, id), id, stampOf(id + age * 100_000)));
      appendFileSync(fileOf(channel), text);
    },
    writeXml: (channel, id, xml) => appendFileSync(fileOf(channel), line(id, xml)),
    wrap(channel, id) {
      const left = readFileSync(fileOf(channel), 'utf8')
        .split('\n')
        .filter((text) => text !== '' && (JSON.parse(text) as { id: number }).id > id);
      writeFileSync(fileOf(channel), left.map((text) => `${text}\n`).join(''));
    },
    clear: (channel) => writeFileSync(fileOf(channel), ''),
    deny: (channel) => writeFileSync(fileOf(channel), 'denied'),
  };
}

export interface Reader {
  readonly records: RawRecord[];
  readonly losses: [channel: string, loss: WindowsLoss][];
  readonly states: string[];
  readonly pids: number[];
  marks(): Mark[];
  /** `channel:id` of each record, in the order they came. */
  ids(): string[];
  /** Reads on from the marks until `done`, asked after each record and each state, says so. */
  read(done: (reader: Reader) => boolean, options?: Partial<WindowsEventLogOptions>): Promise<void>;
}

export function reader({ folder }: Machine, channels: readonly string[], role: 'powershell' | 'wevtutil'): Reader {
  const marks = new Map<string, Mark>();
  const tags = new Map(
    channels.map((name) => [name, { id: `winlog:${name}`, agent: 'local', host: 'here', type: 'winlog' }]),
  );
  const program = (name: string) => ({
    path: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', STAND_IN, folder, name],
    onStarted: (pid: number) => void one.pids.push(pid),
  });

  function consume(record: RawRecord): void {
    assert.ok(record.position);
    const { stream, from, to } = record.position;
    assert.equal(to, from + 1);
    assert.ok(from >= (marks.get(stream.key)?.mark ?? 0), 'no record comes twice');
    marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
    one.records.push(record);
  }

  const one: Reader = {
    records: [],
    losses: [],
    states: [],
    pids: [],
    marks: () => [...marks.values()],
    ids: () => one.records.map(({ source, position }) => `${source.id.slice('winlog:'.length)}:${position?.from}`),
    async read(done, options = {}) {
      const stop = new AbortController();
      const check = (): void => {
        if (done(one)) stop.abort();
      };
      const stream = windowsEventLog(
        {
          channels,
          tagOf: (name) => tags.get(name) ?? assert.fail(name),
          known: [...marks.values()],
          backfill: BEGIN,
          now: () => BEGIN,
          onLost: (channel, loss) => one.losses.push([channel, loss]),
          onChannel(channel, state, reason) {
            one.states.push(`${channel}: ${state} ${reason}`.trim());
            setImmediate(check);
          },
          powershell: role === 'powershell' ? program('powershell') : { path: '/nowhere/powershell.exe' },
          wevtutil: program('wevtutil'),
          pause: 20,
          ...options,
        },
        stop.signal,
      );
      for await (const chunk of stream) {
        for (const record of chunk) {
          if (stop.signal.aborted) break;
          consume(record);
          check();
        }
      }
    },
  };
  return one;
}
