/** Prometheus text exposition format 0.0.4 of everything that is counted. */
import type { Backend } from './backend.ts';

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: string[];
}

export interface ServerFigures {
  readonly streamClients: number;
  readonly residentBytes: number;
}

const escapeLabel = (text: string): string => text.replace(/[\\"\n]/g, (mark) => (mark === '\n' ? '\\n' : `\\${mark}`));

const metricName = (text: string): string => text.replace(/[^a-zA-Z0-9_]/g, '_');

export function exposition(backend: Backend, figures: ServerFigures): string {
  const families = new Map<string, Family>();

  function sample(type: Family['type'], name: string, help: string, value: number, labels: Labels = {}): void {
    const family = families.get(name) ?? { type, help, samples: [] };
    families.set(name, family);
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    family.samples.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }

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
  for (const { name, label, value } of backend.counters.entries()) {
    const help = `Count of ${name.replaceAll('_', ' ')}.`;
    sample('counter', `porchlight_${metricName(name).replace(/_total$/, '')}_total`, help, value, { label });
  }

  const blocks = [...families].map(
    ([name, { type, help, samples }]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('\n')}\n`,
  );
  return blocks.join('');
}
