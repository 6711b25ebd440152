/** What follows from a record's source alone, worked out once a source instead of once a line. */
import type { SourceTag } from '#contract';
import type { NormalizeContext } from './context.ts';
import { type Parser, parserOf } from './parsers/index.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface Origin {
  readonly zone: Zone;
  /** `event.dataset` that the file's name decides: `auth.log` and `secure` are system.auth whatever a line says. */
  readonly dataset: string | undefined;
  /** The parser of lines without a tag, where the source's declared type is a program's name. */
  readonly parser: Parser | undefined;
  /** Structured by ourselves: nothing in it is read again. */
  readonly trusted: boolean;
}

/** Types of sources that are Porchlight itself. Whoever takes records from elsewhere does not let them through unseen. */
const OUR_TYPES: ReadonlySet<string> = new Set(['honeypot', 'snapshot', 'porchlight']);

const UTC = zoneOf('UTC');
const known = new WeakMap<SourceTag, { readonly timezone: string; readonly origin: Origin }>();

export function originOf(source: SourceTag, context: NormalizeContext): Origin {
  const found = known.get(source);
  if (found !== undefined && found.timezone === context.timezone) return found.origin;
  const origin = {
    zone: zoneFor(source, context),
    dataset: datasetOf(source),
    parser: source.type === undefined ? undefined : parserOf(source.type),
    trusted: OUR_TYPES.has(source.type ?? ''),
  };
  known.set(source, { timezone: context.timezone, origin });
  return origin;
}

function zoneFor(source: SourceTag, context: NormalizeContext): Zone {
  const own = source.timezone === undefined ? undefined : zoneOf(source.timezone);
  if (source.timezone !== undefined && own === undefined) context.count('unknown_timezone');
  const zone = own ?? zoneOf(context.timezone);
  if (zone === undefined) context.count('unknown_timezone');
  const last = zone ?? UTC;
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
