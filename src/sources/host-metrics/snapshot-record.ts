/** A snapshot → a record for the pipeline: the figures people chart under Metricbeat's names, and the whole of it as JSON. */
import { type HostSnapshot, type RawRecord, SNAPSHOT_DATASET, SNAPSHOT_FIELD, type SourceTag } from '#contract';

export function snapshotRecord(snapshot: HostSnapshot, source: SourceTag): RawRecord {
  const { at, host, load, cpu, connections } = snapshot;
  const fields = {
    '@timestamp': new Date(at).toISOString(),
    'host.name': host,
    'event.dataset': SNAPSHOT_DATASET,
    'event.kind': 'metric',
    'event.category': ['host'],
    'event.type': ['info'],
    'labels.product': 'porchlight',
    'labels.service': 'snapshot',
    'system.load.1': load[0],
    'system.load.5': load[1],
    'system.load.15': load[2],
    'system.memory.used.pct': share(memoryPercent(snapshot)),
    ...(cpu === null ? {} : { 'system.cpu.total.norm.pct': share(cpu) }),
    ...(connections === null ? {} : { 'porchlight.connections': connections.established }),
    message: inWords(snapshot),
    [SNAPSHOT_FIELD]: JSON.stringify(snapshot),
  };
  return { source, received: at, text: JSON.stringify(fields) };
}

function inWords(snapshot: HostSnapshot): string {
  const { load, connections } = snapshot;
  const parts = [`load ${load[0].toFixed(2)}`, `memory ${Math.round(memoryPercent(snapshot))} %`];
  if (connections !== null) parts.push(`${connections.established} connections`);
  return parts.join(', ');
}

const memoryPercent = ({ memory: { used, total } }: HostSnapshot): number => (total === 0 ? 0 : (used / total) * 100);

/** Percent → a share from 0 to 1, as Metricbeat writes it. */
const share = (percent: number): number => Math.round(percent * 100) / 10_000;
