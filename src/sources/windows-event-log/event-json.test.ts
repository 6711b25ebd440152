import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowsEvent } from './event-json.ts';
import { BEGIN, eventXml, SAMPLES } from './test-windows.ts';

type Json = Readonly<Record<string, unknown>>;
const read = (xml: string): Json => JSON.parse(windowsEvent(xml)?.text ?? '{}') as Json;
const part = (xml: string, section: string): unknown => (read(xml)['Event'] as Json)[section];

test('a failed logon, all of it', () => {
  const event = windowsEvent(eventXml(SAMPLES.logonFailed, 5));
  assert.ok(event?.isReadable);
  assert.equal(event.id, 5);
  assert.equal(event.time, BEGIN + 5000);
  assert.deepEqual(JSON.parse(event.text), {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: {
          '#attributes': { Name: 'Microsoft-Windows-Security-Auditing', Guid: '54849625-5478-4994-A5BA-3E3B0328C30D' },
        },
        EventID: 4625,
        Version: 0,
        Level: 4,
        Task: 0,
        Opcode: 0,
        Keywords: '0x80000000000000',
        TimeCreated: { '#attributes': { SystemTime: '2026-11-20T00:00:05.0000000Z' } },
        EventRecordID: 5,
        Correlation: null,
        Execution: { '#attributes': { ProcessID: 740, ThreadID: 1204 } },
        Channel: 'Security',
        Computer: 'DESKTOP-7',
        Security: { '#attributes': { UserID: 'S-1-5-18' } },
      },
      EventData: {
        SubjectUserSid: 'S-1-0-0',
        SubjectLogonId: '0x0',
        TargetUserName: 'Administrator',
        Status: '0xc000006d',
        LogonType: '3',
        WorkstationName: '',
        IpAddress: '203.0.113.7',
        IpPort: '50122',
      },
    },
  });
});

test('an event id with qualifiers', () =>
  assert.deepEqual((part(eventXml(SAMPLES.serviceInstalled, 1), 'System') as Json)['EventID'], {
    '#attributes': { Qualifiers: 16384 },
    '#text': 7045,
  }));

const data: readonly (readonly [what: string, xml: string, json: unknown])[] = [
  ['one without a name', '<Data>door bell</Data>', { Data: { '#text': ['door bell'] } }],
  ['several without names', '<Data>a</Data><Data/><Data> </Data>', { Data: { '#text': ['a', '', ' '] } }],
  ['bytes', '<Data>a</Data><Binary>00FF</Binary>', { Data: { '#text': ['a'] }, Binary: '00FF' }],
  [
    'a GUID',
    `<Data Name='LogonGuid'>{0197231e-5645-6929-c410-000000000d00}</Data>`,
    { LogonGuid: '0197231E-5645-6929-C410-000000000D00' },
  ],
  [
    'braces that are none',
    `<Data Name='ClassId'>{0197231e-5645-6929-c410-000000000d00}</Data>`,
    { ClassId: '{0197231e-5645-6929-c410-000000000d00}' },
  ],
  ['digits stay as they are', `<Data Name='User'>007</Data>`, { User: '007' }],
  [
    'a name that comes twice',
    `<Data Name='A'>1</Data><Data Name='A'>2</Data><Data Name='A'>3</Data>`,
    { A_1: '1', A_2: '2', A: '3' },
  ],
  [
    'an object’s own names',
    `<Data Name='__proto__'>x</Data><Data Name='constructor'>y</Data>`,
    JSON.parse('{"__proto__":"x","constructor":"y"}'),
  ],
];
for (const [what, xml, json] of data) {
  test(`event data: ${what}`, () =>
    assert.deepEqual(part(eventXml({ ...SAMPLES.eventcreate, data: xml }, 1), 'EventData'), json));
}

test('user data and rendering keep their shape', () => {
  const rest = `<UserData><Cleared xmlns='http://x'><SubjectUserName>anna</SubjectUserName><Empty/></Cleared></UserData><RenderingInfo Culture='en-US'><Message>It rang.</Message><Keywords><Keyword>A</Keyword><Keyword>B</Keyword></Keywords></RenderingInfo>`;
  const xml = eventXml({ ...SAMPLES.eventcreate, rest }, 1);
  assert.deepEqual(part(xml, 'UserData'), {
    Cleared: { '#attributes': { xmlns: 'http://x' }, SubjectUserName: 'anna', Empty: null },
  });
  assert.deepEqual(part(xml, 'RenderingInfo'), {
    '#attributes': { Culture: 'en-US' },
    Message: 'It rang.',
    Keywords: { Keyword_1: 'A', Keyword: 'B' },
  });
});

test('what is no event, or has no number or time, is none', () => {
  const xml = eventXml(SAMPLES.logon, 1);
  assert.equal(windowsEvent('<A/>'), undefined);
  assert.equal(windowsEvent(xml.replace(/<EventRecordID>.*<\/EventRecordID>/, '')), undefined);
  assert.equal(windowsEvent(xml.replace(/SystemTime='[^']*'/, "SystemTime='2026-99-99T00:00'")), undefined);
  assert.equal(windowsEvent(xml.slice(0, -20))?.isReadable, false);
  assert.equal(windowsEvent(xml.slice(0, -20))?.text, xml.slice(0, -20));
});
