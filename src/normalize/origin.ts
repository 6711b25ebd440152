/** What follows from a record's source alone, worked out once a source instead of once a line. */
import type { SourceTag } from '#contract';
import type { NormalizeContext } from './context.ts';
import { dispatcher, type Suggested } from './dispatch/recognise.ts';
import { type Memory, memoryOf } from './memory.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface Origin {
  readonly zone: Zone;
  /** `event.dataset` that the file's name decides: `auth.log` and `secure` are system.auth whatever a line says. */
  readonly dataset: string | undefined;
  /** Who may read lines without a known tag: by the declared type, then by the file's path. */
  readonly parsers: readonly Suggested[];
  /** The declared type, where it names a program and not a format. */
  readonly program: string | undefined;
  /** Structured by ourselves: nothing in it is read again. */
  readonly trusted: boolean;
  readonly memory: Memory;
}

/** Types of sources that are Porchlight itself. Whoever takes records from elsewhere does not let them through unseen. */
const OUR_TYPES: ReadonlySet<string> = new Set(['honeypot', 'snapshot', 'porchlight']);

/** Types that say how lines are written, not who wrote them. */
const FORMATS: ReadonlySet<string> = new Set(
  'syslog json jsonl ndjson journal journald logfmt cef leef text plain docker containerd cri auth generic file http'.split(
    ' ',
  ),
);

const known = new WeakMap<SourceTag, { readonly context: NormalizeContext; readonly origin: Origin }>();

export function originOf(source: SourceTag, context: NormalizeContext): Origin {
  const found = known.get(source);
  if (found !== undefined && found.context === context) return found.origin;
  const trusted = OUR_TYPES.has(source.type ?? '');
  const origin: Origin = {
    zone: zoneFor(source, context),
    dataset: datasetOf(source),
    parsers: trusted ? [] : parsersOf(source),
    program: trusted || FORMATS.has((source.type ?? 'text').toLowerCase()) ? undefined : source.type,
    trusted,
    memory: memoryOf(context, source),
  };
  known.set(source, { context, origin });
  return origin;
}

function parsersOf(source: SourceTag): Origin['parsers'] {
  const typed = source.type === undefined ? [] : dispatcher.byType(source.type);
  const placed = source.path === undefined ? [] : dispatcher.byPath(source.path);
  return [
    ...typed.map((parser) => ({ parser, evidence: 'type' }) as const),
    ...placed.filter((parser) => !typed.includes(parser)).map((parser) => ({ parser, evidence: 'path' }) as const),
  ];
}

function zoneFor(source: SourceTag, context: NormalizeContext): Zone {
  const own = source.timezone === undefined ? undefined : zoneOf(source.timezone);
  if (source.timezone !== undefined && own === undefined) context.count('unknown_timezone');
  const zone = own ?? zoneOf(context.timezone);
  if (zone === undefined) context.count('unknown_timezone');
  const last = zone ?? zoneOf('UTC');
  if (last === undefined) throw new Error('Intl does not know UTC');
  return last;
}

/** By the words of the file's name: `/var/log/auth.log`, `secure-20251130`, `remote_syslog.1`. */
function datasetOf(source: SourceTag): string | undefined {
  const name = source.path?.slice(source.path.search(/[^/\\]*$/)) ?? source.type ?? '';
  const words = name.toLowerCase().split(/[^a-z]+/);
  if (words.includes('auth') || words.includes('secure')) return 'system.auth';
  return source.path !== undefined && (words.includes('syslog') || words.includes('messages'))
    ? 'system.syslog'
    : undefined;
}
