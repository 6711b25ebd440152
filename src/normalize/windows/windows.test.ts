/** One event by every way that it may come, the tables, and what no record may do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields, type RawRecord } from '#contract';
import { normalize } from '../index.ts';
import { PROVIDERS } from './providers.ts';
import { newData } from './record.ts';
import { keywordsOf, levelOf } from './values.ts';
import { xmlEvent } from './xml.ts';

const received = Date.UTC(2026, 2, 1, 12);
const source = { id: 'test', agent: 'local', host: 'collector', type: 'winlog' };

function run(record: Partial<RawRecord>, counted: string[] = []): Event {
  const context = { timezone: 'Europe/Berlin', count: (reason: string) => void counted.push(reason) };
  const event = normalize({ source, received, text: '', ...record }, context);
  assert.ok(event);
  return event;
}

const SECURITY = 'Microsoft-Windows-Security-Auditing';
const GUID = '{54849625-5478-4994-a5ba-3e3b0328c30d}';
const STAMP = '2026-02-28T09:15:02.123Z';
const DATA: Readonly<Record<string, string>> = {
  SubjectUserName: '-',
  TargetUserName: 'anna from 192.0.2.1',
  TargetDomainName: 'DESK',
  TargetUserSid: 'S-1-0-0',
  Status: '0xc000006d',
  SubStatus: '0xc000006a',
  LogonType: '3',
  WorkstationName: 'kali',
  IpAddress: '2001:db8::66',
  IpPort: '50113',
  LogonGuid: '{00000000-0000-0000-0000-000000000000}',
};

const SYSTEM = {
  Provider: { '#attributes': { Name: SECURITY, Guid: '54849625-5478-4994-A5BA-3E3B0328C30D' } },
  EventID: 4625,
  Version: 0,
  Level: 0,
  Task: 12544,
  Opcode: 0,
  Keywords: '0x8010000000000000',
  TimeCreated: { '#attributes': { SystemTime: STAMP } },
  EventRecordID: 4242,
  Correlation: null,
  Execution: { '#attributes': { ProcessID: 716, ThreadID: 812 } },
  Channel: 'Security',
  Computer: 'desk.home.example',
  Security: null,
};

const at = (section: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(section).map(([name, value]) => [`@${name}`, value]));

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const XML =
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${SECURITY}' Guid='${GUID}'/>` +
  `<EventID>4625</EventID><Version>0</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode><Keywords>0x8010000000000000</Keywords>` +
  `<TimeCreated SystemTime='${STAMP}'/><EventRecordID>4242</EventRecordID><Correlation/><Execution ProcessID='716' ThreadID='812'/>` +
  `<Channel>Security</Channel><Computer>desk.home.example</Computer><Security/></System><EventData>` +
  `${Object.entries(DATA)
    .map(([name, value]) => `<Data Name='${name}'>${escaped(value)}</Data>`)
    .join('')}</EventData></Event>`;

const ENVELOPE = { EventID: 4625, Version: 0, Task: 12544, Channel: 'Security', Keywords: '-9218868437227405312' };

/** The same event as each program writes it. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'evtx_dump, with types': {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: SYSTEM,
      EventData: { ...DATA, LogonType: 3, LogonGuid: '00000000-0000-0000-0000-000000000000' },
    },
  },
  'evtx_dump, attributes apart': {
    Event: {
      System: {
        ...SYSTEM,
        Provider: null,
        Provider_attributes: { Name: SECURITY, Guid: GUID },
        TimeCreated: null,
        TimeCreated_attributes: { SystemTime: STAMP },
        Execution: null,
        Execution_attributes: { ProcessID: 716, ThreadID: 812 },
      },
      EventData: DATA,
      EventData_attributes: { Name: 'x' },
    },
  },
  xmltodict: {
    Event: {
      '@xmlns': 'x',
      System: {
        ...SYSTEM,
        Provider: at({ Name: SECURITY, Guid: GUID }),
        EventID: { '@Qualifiers': '', '#text': '4625' },
        TimeCreated: at({ SystemTime: '2026-02-28 09:15:02.123 UTC' }),
        Execution: at({ ProcessID: '716', ThreadID: '812' }),
      },
      EventData: { Data: Object.entries(DATA).map(([name, value]) => ({ '@Name': name, '#text': value })) },
    },
  },
  Velociraptor: {
    System: {
      ...SYSTEM,
      Provider: { Name: SECURITY, Guid: GUID },
      EventID: { Value: 4625 },
      Keywords: 0x8010000000000000,
      TimeCreated: { SystemTime: Date.parse(STAMP) / 1000 },
      Execution: { ProcessID: 716, ThreadID: 812 },
      Correlation: {},
      Security: {},
    },
    EventData: DATA,
  },
  Winlogbeat: {
    '@timestamp': STAMP,
    winlog: {
      event_id: '4625',
      channel: 'Security',
      provider_name: SECURITY,
      provider_guid: GUID,
      record_id: 4242,
      version: 0,
      task: '12544',
      opcode: '0',
      computer_name: 'desk.home.example',
      keywords: ['Audit Failure'],
      process: { pid: 716, thread: { id: 812 } },
      event_data: DATA,
    },
    event: { code: '4625', outcome: 'success', action: 'forged' },
    log: { level: 'information' },
    labels: { product: 'linux' },
    agent: { id: 'somebody' },
  },
  'Winlogbeat 6': {
    '@timestamp': STAMP,
    event_id: 4625,
    log_name: 'Security',
    source_name: SECURITY,
    provider_guid: GUID,
    record_number: '4242',
    version: 0,
    task: '12544',
    opcode: '0',
    computer_name: 'desk.home.example',
    keywords: ['Audit Failure'],
    level: 'Information',
    process_id: 716,
    thread_id: 812,
    event_data: DATA,
  },
  NXLog: {
    ...ENVELOPE,
    ...DATA,
    EventTime: '2026-02-28T09:15:02.123+00:00',
    Hostname: 'desk.home.example',
    EventType: 'AUDIT_FAILURE',
    SeverityValue: 4,
    Severity: 'ERROR',
    Level: 0,
    SourceName: SECURITY,
    ProviderGuid: GUID,
    OpcodeValue: 0,
    Opcode: 'Info',
    RecordNumber: 4242,
    ProcessID: 716,
    ThreadID: 812,
    Category: 'Logon',
    SourceModuleName: 'in',
    SourceModuleType: 'im_msvistalog',
  },
  Wazuh: {
    timestamp: '2026-02-28T10:00:00.000+0000',
    agent: { name: 'desk' },
    data: {
      win: {
        system: {
          providerName: SECURITY,
          providerGuid: GUID,
          eventID: '4625',
          version: '0',
          level: '0',
          task: '12544',
          opcode: '0',
          keywords: '0x8010000000000000',
          systemTime: '2026-02-28T09:15:02.1230000Z',
          eventRecordID: '4242',
          processID: '716',
          threadID: '812',
          channel: 'Security',
          computer: 'desk.home.example',
        },
        eventdata: Object.fromEntries(
          Object.entries(DATA).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
        ),
      },
    },
  },
};

/** What only the way brings. */
function core(event: Event): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(event)
      .filter(([field]) => field !== 'winlog.level' && field !== 'event.original')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const expected = core(run({ fields: SHAPES['evtx_dump, with types'] ?? {} }));

test('what a log-on says', () => {
  const event = run({ fields: SHAPES['evtx_dump, with types'] ?? {} });
  assert.equal(event['@timestamp'], Date.parse(STAMP));
  assert.equal(
    event['message'],
    'anna from 192.0.2.1 failed to log on over the network from 2001:db8::66 because of: wrong password',
  );
  assert.equal(event['user.name'], 'anna from 192.0.2.1');
  assert.equal(event['user.id'], undefined);
  assert.equal(event['source.ip'], '2001:db8::66');
  assert.equal(event['event.outcome'], 'failure');
  assert.equal(event['winlog.event_data.SubjectUserName'], '-');
  assert.equal(event['winlog.event_data.LogonType'], '3');
  assert.equal(event['winlog.logon.type'], 'Network');
});

for (const [name, fields] of Object.entries(SHAPES)) {
  test(`${name}: the same event`, () => {
    assert.deepEqual(core(run({ fields })), expected);
    assert.deepEqual(core(run({ text: JSON.stringify(fields) })), expected);
  });
}

/** [provider, channel, Wazuh's name, names in the event] */
const SMALL: readonly (readonly [string, string, string, string])[] = [
  [
    'Microsoft-Windows-AppxPackagingOM',
    'Microsoft-Windows-AppxPackaging/Operational',
    'subjectName',
    'SubjectName subjectName',
  ],
  [
    'Microsoft-Windows-Bits-Client',
    'Microsoft-Windows-Bits-Client/Operational',
    'processPath',
    'ProcessPath processPath',
  ],
  ['OpenSSH', 'OpenSSH/Operational', 'payload', 'Payload payload'],
  ['Microsoft-Windows-Eventlog', 'System', 'param1', 'param1'],
  [SECURITY, 'Security', 'subjectUserName', 'SubjectUserName'],
];

for (const [provider, channel, name, names] of SMALL) {
  test(`Wazuh's ${name} of ${channel} is ${names}`, () => {
    const system = { providerName: provider, eventID: '9999', channel };
    const event = run({ fields: { win: { system, eventdata: { [name]: 'x' } } } });
    const found = Object.keys(event).flatMap((field) => /^winlog\.event_data\.(.*)$/.exec(field)?.[1] ?? []);
    assert.equal(found.toSorted().join(' '), names);
  });
}

test("Windows' own XML: the same event, alone and behind an envelope", () => {
  assert.deepEqual(core(run({ text: XML })), expected);
  assert.deepEqual(core(run({ text: `<?xml version="1.0" encoding="utf-8"?>${XML}` })), expected);
  const {
    'log.syslog.facility.code': _,
    'log.syslog.severity.code': __,
    ...rest
  } = core(run({ text: `<13>1 2026-02-28T09:16:00Z relay nxlog - - - ${XML}` }));
  assert.deepEqual(rest, expected);
});

test('what is no Windows event is left to others', () => {
  for (const fields of [
    { EventID: 'party', Channel: 'main' },
    { EventID: 7, message: 'x' },
    { EventID: -1, Channel: 'main' },
    { event_id: 7, event_data: {} },
    { Event: { System: { EventID: 1 } } },
    { Event: { System: 'up' } },
    { winlog: { event_id: [], channel: 'x' } },
    { win: { system: {} } },
    { win: 'yes' },
    { data: { win: 1 } },
    { System: [] },
  ]) {
    assert.notEqual(
      run({ fields, source: { ...source, type: 'json' } })['labels.product'],
      'windows',
      JSON.stringify(fields),
    );
  }
});

/** https://www.elastic.co/guide/en/ecs/current/ecs-allowed-values-event-category.html and …-event-type.html */
const CATEGORIES = new Set(
  `api authentication configuration database driver email file host iam intrusion_detection library malware network
  package process registry session threat vulnerability web`.split(/\s+/),
);
const TYPES = new Set(
  `access admin allowed change connection creation deletion denied device end error group indicator info installation
  protocol start user`.split(/\s+/),
);

const ENTRIES = PROVIDERS.flatMap(({ names, events, set, moves }) =>
  Object.entries(events).map(([code, entry]) => ({ name: names[0] ?? '', code: Number(code), entry, set, moves })),
);

test('the tables use the words of ECS, and no end and no news is a failure', () => {
  assert.ok(ENTRIES.length > 400, `${ENTRIES.length} kinds of events`);
  for (const { name, code, entry } of ENTRIES) {
    const where = `${name} ${code}`;
    for (const category of entry.category) assert.ok(CATEGORIES.has(category), `${where}: category ${category}`);
    for (const type of entry.type) assert.ok(TYPES.has(type), `${where}: type ${type}`);
    assert.ok(entry.action !== '' && entry.type.length > 0, where);
    if (entry.outcome === 'failure') {
      assert.ok(!entry.type.includes('end') && !(entry.type.length === 1 && entry.type[0] === 'info'), where);
    }
  }
});

test('a provider has one table', () => {
  const names = PROVIDERS.flatMap((provider) => provider.names.map((name) => name.toLowerCase()));
  // USER32 is written both ways.
  assert.equal(new Set(names).size, names.length - 1);
});

const hostile = fc.oneof(
  fc.constantFrom(
    '-',
    '',
    'anna',
    'DESK\\anna',
    '\\',
    '%%1904',
    '0x3e7',
    '192.0.2.1',
    '::1',
    'C:\\a\\b.exe',
    '\\REGISTRY\\MACHINE\\x',
    'SHA1=',
    'a;b;',
    '{}',
    '\u001b[2J',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const NAMES =
  `SubjectUserName TargetUserName TargetDomainName TargetSid MemberName IpAddress IpPort LogonType Status SubStatus ProcessId ProcessName NewProcessName
  ObjectName ObjectType ObjectValueName OperationType NewValue ShareName RelativeTargetName ShareLocalPath ServiceName TaskName User Image CommandLine Hashes TargetFilename
  TargetObject Details EventType QueryName QueryResults SourceIp DestinationIp SourceImage TargetImage ImageLoaded PipeName ContextInfo Payload ScriptBlockText Data param1
  param2 param3 param7 Path ThreatName payload process SourceAddress DestAddress Direction Protocol Address Param1 Param2 Param3 c-ip __proto__ constructor`.split(
    /\s+/,
  );

test('no data makes any event throw, and each is told in words', () => {
  const given = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(hostile, fc.array(hostile, { maxLength: 12 })), {
    maxKeys: 12,
  });
  fc.assert(
    fc.property(fc.constantFrom(...ENTRIES), given, ({ name, code }, data) => {
      const fields = {
        Event: {
          System: { Provider: { '#attributes': { Name: name } }, EventID: code, Channel: 'x/y', Computer: 'c' },
          EventData: data,
        },
      };
      const event = run({ fields });
      const { message } = event;
      assert.ok(typeof message === 'string' && message !== '' && !message.includes('undefined'), String(message));
      assert.equal(event['winlog.event_id'], String(code));
      for (const value of Object.values(event))
        assert.ok(value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value)));
      for (const field of ['user.name', 'process.name', 'source.ip', 'event.outcome'])
        assert.ok(event[field] === undefined || typeof event[field] === 'string', field);
    }),
    { seed: 1, numRuns: 4000 },
  );
});

test('every kind of event is told without any data', () => {
  for (const { name, code, entry } of ENTRIES) {
    const said = entry.say(newData(), newFields());
    assert.ok(said !== undefined && !/undefined|\[object/.test(said), `${name} ${code}: ${said}`);
  }
});

test('names that no honest program has are only names, and counted', () => {
  const counted: string[] = [];
  const text = `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":1,"Channel":"C"},"EventData":{"__proto__":"a","constructor":"b"}}}`;
  const event = run({ text }, counted);
  assert.equal(event['winlog.event_data.__proto__'], 'a');
  assert.equal(event['winlog.event_data.constructor'], 'b');
  assert.deepEqual(counted, ['reserved_field_name', 'reserved_field_name']);
});

test('more data than a record may have is cut and counted', () => {
  const counted: string[] = [];
  const EventData = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`n${index}`, 'x']));
  const event = run({ text: JSON.stringify({ Event: { System: SYSTEM, EventData } }) }, counted);
  assert.ok(Object.keys(event).length < 1100);
  assert.deepEqual(counted, ['too_many_fields']);
});

const KEYWORDS: readonly (readonly [unknown, readonly string[]])[] = [
  ['0x8020000000000000', ['Audit Success']],
  ['0x8010000000000000', ['Audit Failure']],
  ['-9218868437227405312', ['Audit Failure']],
  [-9214364837600034816, ['Audit Success']],
  [9232379236109516800, ['Audit Success']],
  [-9223372036854775808, []],
  ['0x8000000000000000', []],
  ['0x80000000000000', ['Classic']],
  ['0x90000000000000', ['Audit Failure', 'Classic']],
  [['Audit Success', 3], ['Audit Success']],
  ['Audit Success', ['Audit Success']],
  [0.5, ['0.5']],
  [null, []],
  ['', []],
];
for (const [given, words] of KEYWORDS) {
  test(`keywords ${JSON.stringify(given)}`, () => assert.deepEqual(keywordsOf(given), words));
}

test('levels by number and by word', () => {
  assert.deepEqual(['4', 'Information', 'WARNING', 2, 'loud', null].map(levelOf), [4, 4, 3, 2, undefined, undefined]);
});

const TIMES: readonly (readonly [unknown, string])[] = [
  ['2026-02-28T09:15:02.1234567Z', '2026-02-28T09:15:02.123Z'],
  ['2026-02-28 09:15:02.123456 UTC', '2026-02-28T09:15:02.123Z'],
  ['2026-02-28T10:15:02+01:00', '2026-02-28T09:15:02.000Z'],
  ['/Date(1772270102123)/', '2026-02-28T09:15:02.123Z'],
  [1772270102.123, '2026-02-28T09:15:02.123Z'],
  [1772270102123, '2026-02-28T09:15:02.123Z'],
  ['soon', '2026-03-01T12:00:00.000Z'],
  [-1, '2026-03-01T12:00:00.000Z'],
];
for (const [time, iso] of TIMES) {
  test(`time ${JSON.stringify(time)}`, () => {
    const fields = { EventID: 1, Channel: 'C', TimeCreated: time };
    assert.equal(new Date(run({ fields })['@timestamp']).toISOString(), iso);
  });
}

const BROKEN = [
  '<Event',
  '<Event>',
  '<Event><System></Event>',
  '<Event><a b=></a></Event>',
  '<Event><a b="x></a></Event>',
  '<Event><!-- </Event>',
  '<Event><![CDATA[ </Event>',
  '<Event></Event></Event>',
  `<Event>${'<a>'.repeat(30)}${'</a>'.repeat(30)}</Event>`,
  `<Event>${'<a/>'.repeat(9000)}</Event>`,
];
for (const text of BROKEN) {
  test(`broken XML ${text.slice(0, 40)}`, () => assert.equal(xmlEvent(text), undefined));
}

test('XML: entities, CDATA, comments, lists', () => {
  const tree = xmlEvent(
    `<Event><a k='1 &gt; 0'>x&#65;&#x42;&amp;lt;&unknown;<!-- no --><![CDATA[<b>]]></a><a/><a> </a></Event>`,
  );
  assert.deepEqual(JSON.parse(JSON.stringify(tree)), {
    Event: { a: [{ '#attributes': { k: '1 > 0' }, '#text': 'xAB&lt;&unknown;<b>' }, '', ' '] },
  });
});
