import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentReport, HEARTBEAT } from '#contract';
import { createWatch, type News, SILENT_AFTER, STUCK_AFTER, TICK, type Watch } from './watch.ts';

type Account = AgentReport['sources'][number];

const account = (rest: Partial<Account> = {}): Account => ({
  source: 'file:/var/log/auth.log',
  read: 10,
  spooled: 10,
  sent: 10,
  dropped: {},
  gaps: [],
  lag: 0,
  state: 'following',
  reason: '',
  ...rest,
});

const report = (rest: Partial<AgentReport> = {}, waiting = 0): AgentReport => ({
  version: '1.0.0',
  platform: 'linux',
  host: 'attic',
  started: 0,
  always_on: true,
  spool: { records: waiting, bytes: waiting * 100, oldest: null, quarantined: 0, parked: 0 },
  sources: [account()],
  ...rest,
});

/** Time passes in ticks; with `heard` the agent says so as often as a real one does. */
function pass(watch: Watch, ms: number, heard?: () => AgentReport, accepted = 0): News[] {
  const news: News[] = [];
  for (let at = 0; at < ms; at += TICK) {
    if (heard !== undefined && at % HEARTBEAT === 0) news.push(...watch.heard('attic', { accepted, report: heard() }));
    news.push(...watch.tick(TICK));
  }
  return news;
}

const actions = (news: readonly News[]): string[] => news.map(({ action }) => action);

test('silence is news once, and so is its end', () => {
  const watch = createWatch();
  watch.add('attic');
  assert.deepEqual(pass(watch, SILENT_AFTER - TICK), []);
  assert.equal(watch.standing('attic'), 'live');
  const news = pass(watch, 30 * 60_000);
  assert.deepEqual(news, [{ agent: 'attic', action: 'agent-silent', says: 'was not heard for 2 minutes' }]);
  assert.equal(watch.standing('attic'), 'silent');
  const back = watch.heard('attic', { accepted: 0, report: undefined });
  assert.deepEqual(back, [{ agent: 'attic', action: 'agent-back', says: 'is back after 32 minutes' }]);
  assert.equal(watch.standing('attic'), 'live');
  assert.deepEqual(watch.heard('attic', { accepted: 0, report: undefined }), []);
});

test('a machine that sleeps is silent without news', () => {
  const watch = createWatch();
  watch.add('attic', { report: report({ always_on: false }) });
  assert.deepEqual(pass(watch, 3_600_000), []);
  assert.deepEqual([watch.standing('attic'), watch.sleeps('attic')], ['silent', true]);
  assert.deepEqual(watch.heard('attic', { accepted: 0, report: undefined }), []);
  assert.equal(watch.standing('attic'), 'live');
});

test('a server that slept, or whose clock was set, calls nobody silent', () => {
  const watch = createWatch();
  watch.add('attic');
  for (const jump of [8 * 3_600_000, -8 * 3_600_000]) assert.deepEqual(watch.tick(jump), []);
  assert.equal(watch.standing('attic'), 'live');
});

test('after a restart silence counts from the start, and what people were told is not told again', () => {
  const watch = createWatch();
  watch.add('attic', { alarm: 'silent' });
  assert.equal(watch.standing('attic'), 'silent');
  assert.deepEqual(pass(watch, 3_600_000), []);
  assert.deepEqual(actions(watch.heard('attic', { accepted: 0, report: undefined })), ['agent-back']);
});

test('an agent that enrols again is still told to be back', () => {
  const watch = createWatch();
  watch.add('attic');
  pass(watch, SILENT_AFTER);
  watch.add('attic');
  assert.deepEqual(actions(watch.heard('attic', { accepted: 0, report: undefined })), ['agent-back']);
});

test('whoever was dropped is not waited for', () => {
  const watch = createWatch();
  watch.add('attic');
  watch.drop('attic');
  assert.deepEqual(pass(watch, 3_600_000), []);
  assert.deepEqual(watch.heard('attic', { accepted: 1, report: report() }), []);
});

interface Stuck {
  readonly what: string;
  readonly report: () => AgentReport;
  readonly accepted?: number;
  readonly after?: number;
  /** undefined: it is not stuck. */
  readonly says: RegExp | undefined;
}

const DAY = 24 * 3_600_000;
const denied = account({ state: 'denied', reason: 'permission denied' });
const monitor = account({ source: 'monitor', read: 5 });
let read = 0;

const stuck: readonly Stuck[] = [
  {
    what: 'a spool that waits while nothing comes',
    report: () => report({}, 7),
    says: /forwards nothing: 7 records wait/,
  },
  { what: 'a spool that waits while records come', report: () => report({}, 7), accepted: 1, says: undefined },
  { what: 'an empty spool and nothing to say', report: () => report(), says: undefined },
  {
    what: 'sources that cannot be read',
    report: () => report({ sources: [monitor, denied] }),
    says: /none of its sources can be read: .*auth\.log: permission denied/,
  },
  {
    what: 'one source of two that cannot be read',
    report: () => report({ sources: [account(), denied] }),
    says: undefined,
  },
  { what: 'a source that is off', report: () => report({ sources: [account({ state: 'off' })] }), says: undefined },
  { what: 'nothing but the monitor', report: () => report({ sources: [monitor] }), accepted: 1, says: undefined },
  {
    what: 'a file that grows unread',
    report: () => report({ sources: [account({ lag: 512 })] }),
    says: /reads nothing of .*auth\.log, where 512 bytes wait/,
  },
  {
    what: 'a file that grows as it is read',
    report: () => report({ sources: [account({ lag: 512, read: ++read })] }),
    says: undefined,
  },
  { what: 'a quiet night', report: () => report(), after: DAY - 2 * TICK, says: undefined },
  {
    what: 'a day without a line',
    report: () => report({ sources: [account(), { ...monitor, read: ++read }] }),
    accepted: 1,
    after: DAY + STUCK_AFTER,
    says: /read nothing for 24 hours/,
  },
  {
    what: 'a machine that never wrote a line',
    report: () => report({ sources: [account({ read: 0 })] }),
    after: 2 * DAY,
    says: undefined,
  },
];

for (const { what, report: said, accepted = 0, after = STUCK_AFTER + TICK, says } of stuck) {
  test(`${says === undefined ? 'not stuck' : 'stuck'}: ${what}`, () => {
    const watch = createWatch();
    watch.add('attic');
    const news = pass(watch, after, said, accepted);
    assert.deepEqual(actions(news), says === undefined ? [] : ['agent-stuck']);
    if (says !== undefined) assert.match(news[0]?.says ?? '', says);
    assert.equal(watch.standing('attic'), says === undefined ? 'live' : 'stuck');
    if (says === undefined) return;
    const mended = pass(watch, HEARTBEAT, () => report({ sources: [account({ read: 1e6 })] }), 5);
    assert.deepEqual(mended, [{ agent: 'attic', action: 'agent-back', says: 'forwards its logs again' }]);
    assert.equal(watch.standing('attic'), 'live');
  });
}

test('stuck for a moment is no news', () => {
  const watch = createWatch();
  watch.add('attic');
  const stuckReport = (): AgentReport => report({}, 7);
  assert.deepEqual(pass(watch, STUCK_AFTER - TICK, stuckReport), []);
  pass(watch, HEARTBEAT, () => report());
  assert.deepEqual(pass(watch, STUCK_AFTER - HEARTBEAT - TICK, stuckReport), []);
  assert.deepEqual(actions(pass(watch, TICK, stuckReport)), ['agent-stuck']);
});

test('a file that was quiet for hours and has grown is not stuck at once', () => {
  const watch = createWatch();
  watch.add('attic');
  assert.deepEqual(
    pass(watch, 5 * 3_600_000, () => report()),
    [],
  );
  const grown = (): AgentReport => report({ sources: [account({ lag: 512 })] });
  assert.deepEqual(pass(watch, HEARTBEAT, grown), []);
});
