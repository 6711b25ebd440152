/** What the honeypot tells of a visit: flat records under ECS names, each with a sentence a person can read. */
import type { RefusalSum } from './admission.ts';
import type { LoginRecord } from './login-record.ts';

export type VisitRecord = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Visit {
  readonly session: string;
  readonly source: { readonly ip: string; readonly port: number };
  readonly destination: { readonly ip: string; readonly port: number };
}

/** Why a visit ended. */
export type Ending = 'left' | 'quit' | 'attempts' | 'byte-limit' | 'time-limit' | 'not-reading' | 'shutdown';

const ENDINGS: Readonly<Record<Ending, string>> = {
  left: 'left',
  quit: 'ended the login',
  attempts: 'was sent away after too many attempts',
  'byte-limit': 'was cut off for sending too much',
  'time-limit': 'was cut off for staying too long',
  'not-reading': 'was cut off for not reading the answers',
  shutdown: 'was cut off because the honeypot stopped',
};

function base(
  time: number,
  action: string,
  category: string,
  type: readonly string[],
): Record<string, VisitRecord[string]> {
  return {
    '@timestamp': new Date(time).toISOString(),
    'event.kind': 'event',
    'event.dataset': 'porchlight.honeypot',
    'event.action': action,
    'event.category': [category],
    'event.type': type,
    'labels.product': 'porchlight',
    'labels.service': 'honeypot',
    'labels.category': 'honeypot',
    'network.protocol': 'telnet',
    'network.transport': 'tcp',
    'network.direction': 'inbound',
  };
}

const visitFields = (visit: Visit): VisitRecord => ({
  'source.ip': visit.source.ip,
  'source.port': visit.source.port,
  'destination.ip': visit.destination.ip,
  'destination.port': visit.destination.port,
  'porchlight.honeypot.session': visit.session,
});

export function opened(time: number, visit: Visit): VisitRecord {
  return {
    ...base(time, 'connection-opened', 'network', ['connection', 'start']),
    ...visitFields(visit),
    message: `${visit.source.ip} connected to the Telnet honeypot`,
  };
}

export function said(time: number, visit: Visit, record: LoginRecord): VisitRecord {
  const cut: VisitRecord = record.cut ? { 'porchlight.honeypot.cut': true } : {};
  if (record.kind === 'attempt') {
    return {
      ...base(time, 'login-attempt', 'authentication', ['start']),
      ...visitFields(visit),
      'event.outcome': 'failure',
      'user.name': record.user,
      'porchlight.honeypot.password': record.password,
      ...cut,
      message: `${visit.source.ip} tried ${record.user} with ${quoted(record.password)} over Telnet`,
    };
  }
  const spoke =
    record.protocol === undefined ? 'typed' : `spoke ${record.protocol.toUpperCase()} to the Telnet honeypot:`;
  return {
    ...base(time, 'input', 'network', ['info']),
    ...visitFields(visit),
    ...(record.protocol === undefined ? {} : { 'porchlight.honeypot.spoke': record.protocol }),
    'porchlight.honeypot.input': record.text,
    ...cut,
    message: `${visit.source.ip} ${spoke} ${record.text.slice(0, 200)}`,
  };
}

const quoted = (password: string): string => (password === '' ? 'an empty password' : password);

export interface Stay {
  readonly ending: Ending;
  /** Milliseconds. */
  readonly duration: number;
  readonly received: number;
  readonly sent: number;
  readonly attempts: number;
}

export function closed(time: number, visit: Visit, stay: Stay): VisitRecord {
  const seconds = (stay.duration / 1000).toFixed(1);
  const silent = stay.received === 0 ? ' without a word' : '';
  return {
    ...base(time, 'connection-closed', 'network', ['connection', 'end']),
    ...visitFields(visit),
    'event.reason': stay.ending,
    // ECS counts durations in nanoseconds.
    'event.duration': Math.round(stay.duration * 1e6),
    'source.bytes': stay.received,
    'destination.bytes': stay.sent,
    'porchlight.honeypot.attempts': stay.attempts,
    message: `${visit.source.ip} ${ENDINGS[stay.ending]} after ${seconds} s${silent}`,
  };
}

export function refused(time: number, sum: RefusalSum): VisitRecord {
  const [only] = sum.addresses;
  const from = sum.addresses.length === 1 && only !== undefined ? only : undefined;
  const connections = sum.count === 1 ? '1 connection' : `${sum.count} connections`;
  return {
    ...base(time, 'connections-refused', 'network', ['connection', 'denied']),
    ...(from === undefined ? {} : { 'source.ip': from }),
    'related.ip': sum.addresses,
    'porchlight.honeypot.refused': sum.count,
    'porchlight.honeypot.refused_total': sum.reasons.total,
    'porchlight.honeypot.refused_address': sum.reasons.address,
    'porchlight.honeypot.refused_busy': sum.reasons.busy,
    message: `The Telnet honeypot refused ${connections} from ${from ?? 'several addresses'}: too many at once`,
  };
}
