/** Prometheus text exposition format 0.0.4 of everything that is counted. */
import type { AgentStatus } from '#contract';
import type { Backend } from './backend.ts';

const AGENT_STATES_HEARD: ReadonlySet<string> = new Set(['live', 'stuck']);

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: string[];
}

type Sample = (type: Family['type'], name: string, help: string, value: number, labels?: Labels) => void;

export interface ServerFigures {
  readonly agents: readonly AgentStatus[];
  readonly streamClients: number;
  readonly residentBytes: number;
}

const escapeLabel = (text: string): string => text.replace(/[\\"\n]/g, (mark) => (mark === '\n' ? '\\n' : `\\${mark}`));

const metricName = (text: string): string => text.replace(/[^a-zA-Z0-9_]/g, '_');

export function exposition(backend: Backend, figures: ServerFigures): string {
  const families = new Map<string, Family>();

  const sample: Sample = (type, name, help, value, labels = {}) => {
    const family = families.get(name) ?? { type, help, samples: [] };
    families.set(name, family);
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    family.samples.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  };

  sample('gauge', 'porchlight_info', 'Constant 1, with the version.', 1, { version: backend.version });
  sample('gauge', 'porchlight_start_time_seconds', 'When the server started, Unix time.', backend.started / 1000);
  sample('counter', 'porchlight_events_total', 'Events in the store.', backend.eventCount());
  sample('counter', 'porchlight_batch', 'Number of the last commit.', backend.lastBatch());
  sample('gauge', 'process_resident_memory_bytes', 'Memory of the server process.', figures.residentBytes);
  sample('gauge', 'porchlight_stream_clients', 'Open live streams.', figures.streamClients);
  for (const { id, state, records } of backend.sources()) {
    sample('counter', 'porchlight_source_records_total', 'Records a source has yielded.', records, { source: id });
    sample('gauge', 'porchlight_source_state', 'Constant 1, with the state of the source.', 1, { source: id, state });
  }
  for (const agent of figures.agents) agentSamples(agent, sample);
  for (const { name, label, value } of backend.counters.entries()) {
    const help = `Count of ${name.replaceAll('_', ' ')}.`;
    sample('counter', `porchlight_${metricName(name).replace(/_total$/, '')}_total`, help, value, { label });
  }

  const blocks = [...families].map(
    ([name, { type, help, samples }]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('\n')}\n`,
  );
  return blocks.join('');
}

/** The ledger of an agent: per source what was read, spooled, sent, stored and dropped. */
function agentSamples(
  { name: agent, state, last_seen, lag, spool, sources, totals }: AgentStatus,
  sample: Sample,
): void {
  const of = (kind: Family['type'], name: string, help: string, value: number, labels: Labels = {}): void =>
    sample(kind, `porchlight_agent_${name}`, help, value, { agent, ...labels });
  of('gauge', 'up', '1 while the agent is heard.', AGENT_STATES_HEARD.has(state) ? 1 : 0);
  of('gauge', 'state', 'Constant 1, with the state of the agent.', 1, { state });
  if (last_seen !== null)
    of('gauge', 'last_seen_seconds', 'When it was last heard, Unix time.', Date.parse(last_seen) / 1000);
  of('gauge', 'lag_bytes', 'Bytes that its sources have still to read.', lag);
  of('counter', 'records_lost_total', 'Records that were numbered and never came.', totals.lost);
  if (spool !== null) {
    of('gauge', 'spool_records', 'Records that wait on its disk.', spool.records);
    of('gauge', 'spool_bytes', 'Bytes that wait on its disk.', spool.bytes);
    of('counter', 'spool_quarantined_total', 'Records of its spool that were damaged.', spool.quarantined);
    of('counter', 'spool_parked_total', 'Batches that the server refused.', spool.parked);
  }
  for (const { source, read, spooled, sent, stored, dropped } of sources) {
    for (const [stage, value] of Object.entries({ read, spooled, sent, stored }))
      of('counter', 'records_total', 'Records by source and how far they came.', value, { source, stage });
    for (const [reason, value] of Object.entries(dropped))
      of('counter', 'records_dropped_total', 'Records that were dropped, by reason.', value, { source, reason });
  }
}
