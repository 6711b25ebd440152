import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEGIN, eventXml, machine, reader, SAMPLES } from './windows-event-log/test-windows.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const ids = (channel: string, from: number, to: number): string[] => range(from, to).map((id) => `${channel}:${id}`);
const ROLES = ['powershell', 'wevtutil'] as const;

for (const role of ROLES) {
  test(`${role}: every channel is read, then followed`, async (t) => {
    const pc = machine(t);
    pc.write('System', 1, 4);
    pc.write('Security', 70, 73);
    const one = reader(pc, ['System', 'Security'], role);
    let wrote = false;
    await one.read(() => {
      if (one.records.length === 6 && !wrote) {
        wrote = true;
        pc.write('Security', 73, 75);
      }
      return one.records.length === 8;
    });
    assert.deepEqual(one.ids().toSorted(), [...ids('Security', 70, 75), ...ids('System', 1, 4)]);
    assert.deepEqual(one.losses, []);
    assert.deepEqual(one.records.map(({ source }) => [source.type, source.host])[0], ['winlog', 'here']);
  });

  test(`${role}: the samples come as evtx_dump’s JSON`, async (t) => {
    const pc = machine(t);
    const samples = Object.values(SAMPLES);
    for (const [i, sample] of samples.entries()) pc.writeXml(sample.channel, i + 1, eventXml(sample, i + 1));
    const one = reader(pc, [...new Set(samples.map(({ channel }) => channel))], role);
    await one.read(() => one.records.length === samples.length);
    for (const { text, source, position } of one.records) {
      const { Event } = JSON.parse(text) as { Event: { System: Record<string, unknown>; EventData: object } };
      assert.equal(Event.System['Channel'], source.id.slice('winlog:'.length));
      assert.equal(Event.System['EventRecordID'], position?.from);
    }
  });

  test(`${role}: what is older than first sight is backfill, and older than that is not read`, async (t) => {
    const pc = machine(t);
    pc.write('System', 0, 10);
    const one = reader(pc, ['System'], role);
    await one.read(() => one.records.length === 6, { backfill: 4000, now: () => BEGIN + 8000 });
    assert.deepEqual(one.ids(), ids('System', 4, 10));
    assert.deepEqual(
      one.records.map(({ backfill }) => backfill ?? false),
      [true, true, true, true, false, false],
    );
  });

  test(`${role}: records that were overwritten before they were read are a gap`, async (t) => {
    const pc = machine(t);
    pc.write('System', 1, 6);
    const one = reader(pc, ['System'], role);
    await one.read(() => one.records.length === 3);
    pc.write('System', 6, 20);
    pc.wrap('System', 9);
    await one.read(() => one.records.length === 13);
    assert.deepEqual(one.ids(), [...ids('System', 1, 4), ...ids('System', 10, 20)]);
    assert.deepEqual(one.losses, [['System', { kind: 'gap', from: 4, to: 10 }]]);
    assert.equal(one.marks().length, 1, 'the numbering is the same');
  });

  test(`${role}: overwritten up to the very record that comes next: nobody can tell, and that is told`, async (t) => {
    const pc = machine(t);
    pc.write('System', 1, 6);
    const one = reader(pc, ['System'], role);
    await one.read(() => one.records.length === 3);
    pc.wrap('System', 3);
    await one.read(() => one.records.length === 5);
    assert.deepEqual(one.ids(), ids('System', 1, 6));
    assert.deepEqual(one.losses, [['System', { kind: 'unsure' }]]);
  });

  const anew: readonly (readonly [what: string, count: number])[] = [
    ['fewer records than before', 3],
    ['as many as before', 8],
    ['more than before', 12],
  ];
  for (const [what, count] of anew) {
    test(`${role}: a cleared log that is numbered anew, ${what}, is read from its beginning, and told`, async (t) => {
      const pc = machine(t);
      pc.write('System', 1, 9);
      const one = reader(pc, ['System'], role);
      await one.read(() => one.records.length === 8);
      pc.clear('System');
      pc.write('System', 1, 1 + count, 1);
      await one.read(() => one.records.length === 8 + count);
      assert.deepEqual(one.ids(), [...ids('System', 1, 9), ...ids('System', 1, 1 + count)]);
      assert.deepEqual(one.losses, [['System', { kind: 'cleared' }]]);
      assert.equal(one.marks().length, 2, 'under a key of its own');
      pc.write('System', 1 + count, 3 + count, 1);
      await one.read(() => one.records.length === 10 + count);
      assert.deepEqual(one.ids().slice(-2), ids('System', 1 + count, 3 + count));
      assert.equal(one.losses.length, 1, 'and is read on from there');
    });
  }

  test(`${role}: a log that is cleared while it is followed, and numbered anew`, async (t) => {
    const pc = machine(t);
    pc.write('System', 1, 9);
    const one = reader(pc, ['System'], role);
    let wrote = false;
    await one.read(() => {
      if (one.records.length === 8 && !wrote) {
        wrote = true;
        pc.clear('System');
        pc.write('System', 1, 4, 1);
      }
      return one.records.length === 11;
    });
    assert.deepEqual(one.ids(), [...ids('System', 1, 9), ...ids('System', 1, 4)]);
    assert.deepEqual(one.losses, [['System', { kind: 'cleared' }]]);
  });

  test(`${role}: a cleared log that goes on counting`, async (t) => {
    const pc = machine(t);
    pc.write('System', 1, 9);
    const one = reader(pc, ['System'], role);
    await one.read(() => one.records.length === 8);
    pc.clear('System');
    pc.write('System', 12, 14, 1);
    await one.read(() => one.records.length === 10);
    assert.deepEqual(one.ids(), [...ids('System', 1, 9), ...ids('System', 12, 14)]);
    assert.deepEqual(one.losses, [['System', { kind: 'gap', from: 9, to: 12 }]]);
  });

  test(`${role}: figures of the log that are wrong do not make it come twice`, async (t) => {
    const pc = machine(t);
    pc.misbehave({ figures: [1, 2] });
    pc.write('System', 1, 6);
    const one = reader(pc, ['System'], role);
    let wrote = false;
    await one.read(() => {
      // Reading has begun anew to see whether our record is really gone.
      if (one.records.length === 5 && one.states.length >= 2 && !wrote) {
        wrote = true;
        pc.write('System', 6, 9);
      }
      return one.records.length === 8;
    });
    assert.deepEqual(one.ids(), ids('System', 1, 9));
    if (role === 'powershell') assert.equal(one.pids.length, 2, 'looked at again once');
    assert.deepEqual(one.losses, []);
  });

  const talk: readonly (readonly [what: string, how: Parameters<ReturnType<typeof machine>['misbehave']>[0]])[] = [
    ['UTF-16', { encoding: 'utf16le' }],
    ['UTF-16, three bytes at a time', { encoding: 'utf16le', pieces: 3 }],
    ['UTF-8, a byte at a time', { pieces: 1 }],
    ['bare LF', { lineEnd: '\n' }],
  ];
  for (const [what, how] of talk) {
    test(`${role}: output in ${what}`, async (t) => {
      const pc = machine(t);
      pc.misbehave(how);
      pc.writeXml('Application', 1, eventXml(SAMPLES.processCreated, 1));
      pc.writeXml('Application', 2, eventXml(SAMPLES.eventcreate, 2));
      const one = reader(pc, ['Application'], role);
      await one.read(() => one.records.length === 2);
      assert.match(one.records[0]?.text ?? '', /echo <&> Grüße 😀/u);
      assert.deepEqual(one.losses, []);
    });
  }

  test(`${role}: garbage between records is passed over and told`, async (t) => {
    const pc = machine(t);
    pc.misbehave({ garbage: 'WARNING: <Eventually> E 9 AAAA\r\n' });
    pc.write('System', 1, 4);
    const one = reader(pc, ['System'], role);
    await one.read(() => one.records.length === 3);
    assert.deepEqual(one.ids(), ids('System', 1, 4));
    assert.deepEqual(
      one.losses,
      Array.from({ length: 3 }, () => ['', { kind: 'garbage' }]),
    );
  });

  test(`${role}: an event whose XML is broken is kept as it is`, async (t) => {
    const pc = machine(t);
    const broken = eventXml(SAMPLES.logon, 1).replace('anna', '&nobody;');
    pc.writeXml('Security', 1, broken);
    const one = reader(pc, ['Security'], role);
    await one.read(() => one.records.length === 1);
    assert.equal(one.records[0]?.text, broken);
    assert.deepEqual(one.losses, [['Security', { kind: 'unreadable' }]]);
  });

  test(`${role}: a huge event is cut, flagged, and the next one comes`, async (t) => {
    const pc = machine(t);
    const huge = { ...SAMPLES.eventcreate, data: `<Data>${'x'.repeat(1_500_000)}</Data>` };
    pc.writeXml('Application', 1, eventXml(huge, 1));
    pc.write('Application', 2, 3);
    const one = reader(pc, ['Application'], role);
    await one.read(() => one.records.length === 2);
    assert.deepEqual(
      one.records.map(({ cut, position }) => [cut ?? false, position?.from]),
      [
        [true, 1],
        [false, 2],
      ],
    );
    assert.ok((one.records[0]?.text.length ?? 0) <= 1024 * 1024);
  });

  test(`${role}: a channel that is barred or not there does not keep the others from being read`, async (t) => {
    const pc = machine(t);
    pc.deny('Security');
    pc.write('System', 1, 3);
    const one = reader(pc, ['Security', 'Sysmon', 'System'], role);
    await one.read(() => one.records.length === 2 && one.states.length === 3);
    assert.deepEqual(one.ids(), ids('System', 1, 3));
    // Here an exit code has eight bits: the number by which wevtutil tells a missing channel does not fit.
    const words =
      role === 'powershell'
        ? ['missing Der Kanal: missing', 'denied Der Kanal: denied']
        : ['failed Fehler: missing', 'denied Fehler: denied'];
    assert.deepEqual(one.states.toSorted(), [`Security: ${words[1]}`, `Sysmon: ${words[0]}`, 'System: following']);
  });
}

test('PowerShell that is killed is an error, and reading goes on behind what was committed', async (t) => {
  const pc = machine(t);
  pc.misbehave({ dieAfter: 3 });
  pc.write('System', 1, 6);
  const one = reader(pc, ['System'], 'powershell');
  await assert.rejects(
    one.read(() => false),
    /PowerShell ended with a signal/,
  );
  assert.deepEqual(one.ids(), ids('System', 1, 4));
  pc.misbehave({});
  await one.read(() => one.records.length === 5);
  assert.deepEqual(one.ids(), ids('System', 1, 6));
  assert.deepEqual(one.losses, []);
});

test('PowerShell that ends by itself is an error', async (t) => {
  const pc = machine(t);
  pc.misbehave({ ends: true });
  pc.write('System', 1, 3);
  const one = reader(pc, ['System'], 'powershell');
  await assert.rejects(
    one.read(() => false),
    /PowerShell ended with 0/,
  );
});

test('where PowerShell is forbidden, wevtutil is asked, and it is said why', async (t) => {
  const pc = machine(t);
  pc.misbehave({ forbidden: true });
  pc.write('System', 1, 3);
  const one = reader(pc, ['System'], 'powershell');
  const reasons: string[] = [];
  await one.read(() => one.records.length === 2, { onFallback: (reason) => reasons.push(reason) });
  assert.match(reasons.join(), /ended with 1\. Cannot create type/);
});

test('where neither program is there, that is the error', async (t) => {
  const pc = machine(t);
  const one = reader(pc, ['System'], 'wevtutil');
  await assert.rejects(
    one.read(() => false, { wevtutil: { path: '/nowhere/wevtutil.exe' } }),
    /wevtutil\.exe is not there/,
  );
});

test('whoever does not ask holds the program up, and ending ends it', async (t) => {
  const pc = machine(t);
  pc.write('System', 1, 3000);
  const one = reader(pc, ['System'], 'powershell');
  await one.read(() => one.records.length === 1);
  for (const pid of one.pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});
