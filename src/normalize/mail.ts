/** Mail servers' events in ECS's words: a message's way, and what was refused. A refusal is the server's success: no outcome. */
import { EMAIL } from './ecs.ts';
import type { Parsed } from './parsers/parser.ts';

export const mail = (action: string, type = 'info'): Parsed => ({
  'event.category': EMAIL,
  'event.type': [type],
  'event.action': action,
});

export const MAIL_REFUSED: Parsed = { ...mail('mail_refused', 'denied') };

/** A log-in to fetch or send mail. */
export const mailLogin = (outcome: 'success' | 'failure'): Parsed => ({
  'event.category': ['authentication', 'email'],
  'event.type': ['start', outcome === 'success' ? 'allowed' : 'denied'],
  'event.action': 'login',
  'event.outcome': outcome,
});
