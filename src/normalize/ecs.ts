/**
 * ECS's fixed words (https://www.elastic.co/guide/en/ecs/current/ecs-category-field-values-reference.html), and the events
 * that many programs write in as many wordings: an attempt to log in, a session, a packet that was refused.
 */
import type { Parsed } from './parsers/parser.ts';

export const AUTHENTICATION = ['authentication'] as const;
export const SESSION = ['session'] as const;
export const NETWORK = ['network'] as const;
export const IAM = ['iam'] as const;
export const PROCESS = ['process'] as const;
export const WEB = ['web'] as const;
export const FILE = ['file'] as const;
export const DATABASE = ['database'] as const;
export const EMAIL = ['email'] as const;
export const INTRUSION = ['intrusion_detection'] as const;
export const CONFIGURATION = ['configuration'] as const;
export const HOST = ['host'] as const;
export const INFO = ['info'] as const;
export const START = ['start'] as const;
export const END = ['end'] as const;
export const DENIED = ['denied'] as const;
export const ACCESS = ['access'] as const;
export const CHANGE = ['change'] as const;
export const ERROR = ['error'] as const;
export const CONNECTION = ['connection'] as const;
/** Filebeat's system module writes these two beside `info`; people's saved searches and dashboards expect them. */
export const LOGIN_FAILURE = ['authentication_failure', 'info'] as const;
export const LOGIN_SUCCESS = ['authentication_success', 'info'] as const;

/** Somebody tried to log in to an application and was refused. Exactly one such event an attempt. */
export const LOGIN_FAILED: Parsed = {
  'event.category': AUTHENTICATION,
  'event.type': ['start', 'denied'],
  'event.action': 'login',
  'event.outcome': 'failure',
};

export const LOGIN_ACCEPTED: Parsed = {
  'event.category': ['authentication', 'session'],
  'event.type': START,
  'event.action': 'login',
  'event.outcome': 'success',
};

export const LOGOUT: Parsed = {
  'event.category': SESSION,
  'event.type': END,
  'event.action': 'logout',
  'event.outcome': 'success',
};

/** What a firewall did with a packet. A refusal is its success: there is no outcome to speak of. */
export const PACKET_DENIED: Parsed = {
  'event.category': NETWORK,
  'event.type': ['connection', 'denied'],
  'event.action': 'packet_denied',
};

export const PACKET_ALLOWED: Parsed = {
  'event.category': NETWORK,
  'event.type': ['connection', 'allowed'],
  'event.action': 'packet_allowed',
};

/** A number of 1 to 9 digits, or undefined. */
export function toNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.length === 0 || text.length > 9) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
