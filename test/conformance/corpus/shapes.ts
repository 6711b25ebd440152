/** One Windows record in the shapes that people have it in: what each program makes of it, written down from its documentation and output. */
import { isTree, type Tree } from './windows-source.ts';

interface Parts {
  readonly system: Tree;
  readonly data: Tree;
  readonly provider: string;
  readonly guid: string;
  readonly id: number;
  readonly channel: string;
  readonly computer: string;
  readonly time: string;
  readonly record: number;
}

const attribute = (node: unknown, name: string): string => {
  const attributes = isTree(node) ? node['#attributes'] : undefined;
  return isTree(attributes) ? String(attributes[name] ?? '') : '';
};

function partsOf(record: Tree): Parts {
  const { Event: event } = record;
  const { System: system, EventData: data } = isTree(event) ? event : {};
  const around = isTree(system) ? system : {};
  const { EventID: id } = around;
  return {
    system: around,
    data: isTree(data) ? Object.fromEntries(Object.entries(data).filter(([name]) => name !== '#attributes')) : {},
    provider: attribute(around['Provider'], 'Name'),
    guid: attribute(around['Provider'], 'Guid'),
    id: Number(isTree(id) ? id['#text'] : id),
    channel: String(around['Channel']),
    computer: String(around['Computer']),
    time: attribute(around['TimeCreated'], 'SystemTime'),
    record: Number(around['EventRecordID']),
  };
}

const asTexts = (data: Tree): Tree =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value === null ? '' : String(value)]));

const xml = (text: unknown): string =>
  String(text ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;');

function eventXml(record: Tree): string {
  const { data, provider, guid, id, channel, computer, time, record: number } = partsOf(record);
  const fields = Object.entries(data).map(([name, value]) => `<Data Name='${xml(name)}'>${xml(value)}</Data>`);
  return (
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${xml(provider)}' Guid='{${guid}}'/>` +
    `<EventID>${id}</EventID><Version>5</Version><Level>4</Level><Task>${id}</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>` +
    `<TimeCreated SystemTime='${time}'/><EventRecordID>${number}</EventRecordID><Correlation/><Execution ProcessID='1' ThreadID='2'/>` +
    `<Channel>${xml(channel)}</Channel><Computer>${xml(computer)}</Computer><Security UserID='S-1-5-18'/></System>` +
    `<EventData>${fields.join('')}</EventData></Event>`
  );
}

type Shape = (record: Tree) => unknown;

export const SHAPES: Readonly<Record<string, Shape>> = {
  'Winlogbeat 8': (record) => {
    const { data, provider, guid, id, channel, computer, time, record: number } = partsOf(record);
    return {
      '@timestamp': time,
      event: { code: String(id), kind: 'event', provider, created: time, action: 'Some task' },
      host: { name: computer },
      log: { level: 'information' },
      message: 'Rendered:\nUtcTime: x',
      ecs: { version: '8.0.0' },
      agent: { type: 'winlogbeat', version: '8.12.0' },
      winlog: {
        channel,
        provider_name: provider,
        provider_guid: `{${guid}}`,
        event_id: String(id),
        record_id: number,
        computer_name: computer,
        opcode: 'Info',
        event_data: asTexts(data),
        process: { pid: 1, thread: { id: 2 } },
        user: { identifier: 'S-1-5-18' },
        api: 'wineventlog',
      },
    };
  },
  'Winlogbeat 8, flat names': (record) => {
    const { data, provider, id, channel, computer, time, record: number } = partsOf(record);
    return {
      '@timestamp': time,
      'event.code': String(id),
      'winlog.channel': channel,
      'winlog.provider_name': provider,
      'winlog.event_id': id,
      'winlog.record_id': number,
      'winlog.computer_name': computer,
      ...Object.fromEntries(Object.entries(asTexts(data)).map(([name, value]) => [`winlog.event_data.${name}`, value])),
    };
  },
  'Winlogbeat 6': (record) => {
    const { data, provider, id, channel, computer, time, record: number } = partsOf(record);
    return {
      '@timestamp': time,
      event_id: id,
      log_name: channel,
      source_name: provider,
      computer_name: computer,
      record_number: String(number),
      event_data: asTexts(data),
      level: 'Information',
      type: 'wineventlog',
      message: 'Rendered',
    };
  },
  'an export of Elasticsearch': (record) => {
    const source = SHAPES['Winlogbeat 8']?.(record);
    return { _index: 'winlogbeat-8', _id: 'a1', _score: 1, _source: source };
  },
  NXLog: (record) => {
    const { data, provider, guid, id, channel, computer, time, record: number } = partsOf(record);
    return {
      EventTime: time,
      Hostname: computer,
      Keywords: -9223372036854775808,
      EventType: 'INFO',
      SeverityValue: 2,
      Severity: 'INFO',
      EventID: id,
      SourceName: provider,
      ProviderGuid: `{${guid}}`,
      Version: 5,
      Task: id,
      OpcodeValue: 0,
      RecordNumber: number,
      ProcessID: 1,
      ThreadID: 2,
      Channel: channel,
      Domain: 'NT AUTHORITY',
      AccountName: 'SYSTEM',
      UserID: 'S-1-5-18',
      AccountType: 'User',
      Message: 'Rendered:\r\nUtcTime: x',
      Category: 'Something (rule: Something)',
      Opcode: 'Info',
      ...asTexts(data),
      EventReceivedTime: time,
      SourceModuleName: 'eventlog',
      SourceModuleType: 'im_msvistalog',
    };
  },
  'OTRF, Mordor': (record) => {
    const { data, provider, id, channel, computer, time, record: number } = partsOf(record);
    return {
      Keywords: -9223372036854775808,
      '@timestamp': time,
      SeverityValue: 2,
      EventID: id,
      ProviderGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
      ExecutionProcessID: 1,
      host: 'wec.internal.cloudapp.net',
      Channel: channel,
      '@version': '1',
      AccountType: 'User',
      UserID: 'S-1-5-18',
      ThreadID: 2,
      SourceName: provider,
      RecordNumber: number,
      Hostname: computer,
      Task: id,
      EventTime: time.slice(0, 19).replace('T', ' '),
      tags: ['mordorDataset'],
      Message: 'Rendered:\r\nUtcTime: x',
      Severity: 'INFO',
      Opcode: 'Info',
      SourceModuleType: 'im_msvistalog',
      port: 60737,
      Version: 5,
      SourceModuleName: 'eventlog',
      ...asTexts(data),
    };
  },
  'Splunk, XML in _raw': (record) => ({
    preview: false,
    offset: 0,
    result: {
      _raw: eventXml(record),
      _time: '2026-02-03 04:05:06.789 UTC',
      host: 'DESK',
      source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational',
      sourcetype: 'XmlWinEventLog',
    },
  }),
  'Splunk, a flat _raw': (record) => ({ _raw: eventXml(record), sourcetype: 'XmlWinEventLog', _time: '1770091506' }),
  'Splunk, extracted fields': (record) => {
    const { data, provider, id, channel, computer, time, record: number } = partsOf(record);
    return {
      preview: false,
      result: {
        EventCode: String(id),
        EventID: String(id),
        Channel: channel,
        Computer: computer,
        EventRecordID: String(number),
        Name: `'${provider}'`,
        SystemTime: `'${time}'`,
        ...asTexts(data),
      },
    };
  },
  xmltodict: (record) => {
    const { data, provider, guid, id, channel, computer, time, record: number } = partsOf(record);
    return {
      Event: {
        '@xmlns': 'http://schemas.microsoft.com/win/2004/08/events/event',
        System: {
          Provider: { '@Name': provider, '@Guid': `{${guid}}` },
          EventID: String(id),
          TimeCreated: { '@SystemTime': time },
          EventRecordID: String(number),
          Channel: channel,
          Computer: computer,
        },
        EventData: {
          Data: Object.entries(asTexts(data)).map(([name, value]) => ({ '@Name': name, '#text': value })),
        },
      },
    };
  },
  'names and texts in a list': (record) => {
    const { data, provider, id, channel, computer, time } = partsOf(record);
    return {
      System: {
        Provider: { Name: provider },
        EventID: id,
        TimeCreated: { SystemTime: time },
        Channel: channel,
        Computer: computer,
      },
      EventData: { Data: Object.entries(asTexts(data)).map(([Name, Text]) => ({ Name, Text })) },
    };
  },
  'names and texts in a list, flat': (record) => {
    const { data, provider, id, channel, computer, time } = partsOf(record);
    return {
      EventID: id,
      Channel: channel,
      ProviderName: provider,
      Computer: computer,
      TimeCreated: time,
      EventData: Object.entries(asTexts(data)).map(([Name, Text]) => ({ Name, Text })),
    };
  },
  'evtx_dump, attributes apart': (record) => {
    const { system, data, provider, guid, time } = partsOf(record);
    const { Provider: _, TimeCreated: __, ...rest } = system;
    return {
      Event: {
        System: {
          ...rest,
          Provider_attributes: { Name: provider, Guid: guid },
          TimeCreated_attributes: { SystemTime: time },
        },
        EventData: data,
      },
    };
  },
  'pyevtx-rs': (record) => ({
    event_record_id: partsOf(record).record,
    timestamp: partsOf(record).time,
    data: JSON.stringify(record),
  }),
  Hayabusa: (record) => {
    const { data, provider, id, channel, computer, time, record: number } = partsOf(record);
    return {
      Timestamp: time.replace('T', ' ').replace('Z', ' +00:00'),
      RuleTitle: 'Proc Exec',
      Level: 'info',
      Computer: computer,
      Channel: channel === 'Microsoft-Windows-Sysmon/Operational' ? 'Sysmon' : channel,
      EventID: id,
      RecordID: number,
      Provider: provider,
      AllFieldInfo: data,
    };
  },
  Wazuh: (record) => {
    const { data, provider, guid, id, channel, computer, time, record: number } = partsOf(record);
    const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
    return {
      timestamp: time,
      agent: { id: '001', name: 'desk' },
      data: {
        win: {
          system: {
            providerName: provider,
            providerGuid: `{${guid}}`,
            eventID: String(id),
            systemTime: time,
            eventRecordID: String(number),
            channel,
            computer,
          },
          eventdata: Object.fromEntries(Object.entries(asTexts(data)).map(([name, value]) => [small(name), value])),
        },
      },
    };
  },
  Velociraptor: (record) => {
    const { data, provider, guid, id, channel, computer, record: number } = partsOf(record);
    return {
      System: {
        Provider: { Name: provider, Guid: guid },
        EventID: { Value: id },
        TimeCreated: { SystemTime: 1770091506.789 },
        EventRecordID: number,
        Channel: channel,
        Computer: computer,
      },
      EventData: data,
      Message: 'Rendered',
    };
  },
  'Fluent Bit': (record) => {
    const { data, provider, guid, id, channel, computer, time, record: number } = partsOf(record);
    return {
      ProviderName: provider,
      ProviderGuid: `{${guid}}`,
      EventID: id,
      Version: 5,
      Level: 4,
      TimeCreated: time,
      EventRecordID: number,
      Channel: channel,
      Computer: computer,
      UserID: 'S-1-5-18',
      Message: 'Rendered',
      StringInserts: Object.values(asTexts(data)),
      ...asTexts(data),
    };
  },
  'Log Analytics, EventData as XML': (record) => {
    const { data, provider, id, channel, computer, time } = partsOf(record);
    const fields = Object.entries(asTexts(data)).map(
      ([name, value]) => `<Data Name="${xml(name)}">${xml(value)}</Data>`,
    );
    return {
      TimeGenerated: time,
      Computer: computer,
      EventLog: channel,
      Source: provider,
      EventID: id,
      Type: 'Event',
      EventData: `<DataItem type="System.XmlData" time="${time}" sourceHealthServiceId="1"><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">${fields.join('')}</EventData></DataItem>`,
    };
  },
  'the XML of the event, as a line': (record) => eventXml(record),
};
