/** The agents of a house, written by hand: one of each kind. */
import type { AgentStatus } from '#contract';

type Source = AgentStatus['sources'][number];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (at: number): string => new Date(at).toISOString();

export const sourceOf = (source: string, read: number, changes: Partial<Source> = {}): Source => ({
  source,
  state: 'following',
  reason: '',
  read,
  spooled: read,
  sent: read,
  stored: read,
  dropped: {},
  gaps: [],
  lag: 0,
  ...changes,
});

/** An agent with nothing wrong; its totals are the sums of its sources. */
export function agentOf(name: string, now: number, changes: Partial<AgentStatus> = {}): AgentStatus {
  const sources = changes.sources ?? [sourceOf('journald', 18_204), sourceOf('monitor', 8640)];
  const sum = (value: (source: Source) => number): number => sources.reduce((all, one) => all + value(one), 0);
  return {
    name,
    state: 'live',
    added: iso(now - 40 * 24 * HOUR),
    last_seen: iso(now - 4000),
    version: '1.0.0',
    platform: 'linux',
    host: name,
    always_on: true,
    lag: sum(({ lag }) => lag),
    clock_skew: 40,
    spool: { records: 0, bytes: 0, limit: 1_000_000_000, oldest: null, quarantined: 0, parked: 0 },
    gaps: [],
    keys: [{ id: `key-${name}`, created: iso(now - 40 * 24 * HOUR), last_used: iso(now - 4000) }],
    rotating: false,
    invitation: null,
    ...changes,
    sources,
    totals: changes.totals ?? {
      read: sum(({ read }) => read),
      spooled: sum(({ spooled }) => spooled),
      sent: sum(({ sent }) => sent),
      stored: sum(({ stored }) => stored),
      dropped: sum(({ dropped }) => Object.values(dropped).reduce((all, count) => all + count, 0)),
      lost: (changes.gaps ?? []).reduce((all, { from, to }) => all + to - from, 0),
    },
  };
}

/** attic lost a few records once, router is silent and its disk fills, the laptop sleeps, and somebody new is invited. */
export const agentsOfTheHouse = (now: number): readonly AgentStatus[] => [
  agentOf('attic', now, {
    host: 'raspberrypi',
    sources: [
      sourceOf('file:/var/log/auth.log', 48_120, { sent: 48_116, stored: 48_108, dropped: { blank: 8 } }),
      sourceOf('file:/var/log/nginx/access.log', 1_204_311, {
        spooled: 1_204_300,
        sent: 1_203_912,
        stored: 1_203_912,
        lag: 2_400_000,
        dropped: { evicted: 188 },
      }),
      sourceOf('file:/var/log/kern.log', 0, {
        state: 'denied',
        reason: 'Only the group adm may read it. Run: sudo usermod -aG adm porchlight',
      }),
      sourceOf('journald', 18_204, { gaps: [{ at: iso(now - 30 * HOUR), reason: 'cursor' }] }),
      sourceOf('monitor', 8640),
    ],
    gaps: [
      { from: 20_480, to: 20_484, reason: 'damaged', at: iso(now - 26 * HOUR) },
      { from: 640_112, to: 640_300, reason: 'evicted', at: iso(now - 3 * HOUR) },
    ],
    spool: { records: 200, bytes: 41_000, limit: 1_000_000_000, oldest: iso(now - 2000), quarantined: 1, parked: 0 },
  }),
  agentOf('media', now, { last_seen: iso(now - 11_000), clock_skew: 42_400, rotating: true }),
  agentOf('pi-hole', now, { sources: [sourceOf('file:/var/log/pihole.log', 286_410), sourceOf('monitor', 8640)] }),
  agentOf('router', now, {
    state: 'silent',
    host: 'OpenWrt',
    last_seen: iso(now - 26 * MINUTE),
    spool: {
      records: 91_204,
      bytes: 874_000_000,
      limit: 1_000_000_000,
      oldest: iso(now - 5 * HOUR),
      quarantined: 0,
      parked: 2,
    },
    sources: [sourceOf('file:/var/log/messages', 402_118, { sent: 310_914, stored: 310_914 })],
  }),
  agentOf('backup-box', now, {
    state: 'stuck',
    sources: [sourceOf('file:/var/log/syslog', 12, { state: 'denied', reason: 'It may not be read.' })],
  }),
  agentOf('laptop-anna', now, {
    state: 'silent',
    always_on: false,
    platform: 'darwin',
    last_seen: iso(now - 3 * HOUR),
  }),
  agentOf('garage', now, {
    state: 'invited',
    last_seen: null,
    version: null,
    platform: null,
    host: null,
    clock_skew: null,
    spool: null,
    sources: [],
    keys: [],
    added: iso(now - 2 * MINUTE),
    invitation: iso(now + 28 * MINUTE + 5000),
  }),
  agentOf('old-nas', now, { state: 'revoked', keys: [], last_seen: iso(now - 90 * 24 * HOUR) }),
];
