/**
 * Porchlight's own voice from another machine. Looks at a machine and visits to a honeypot are believed as they come, since our own
 * sources make them; so an agent must not say anything else that way, and nothing under another machine's name: whoever holds one
 * agent's key could otherwise speak for the house.
 */
import { SNAPSHOT_DATASET, SNAPSHOT_FIELD } from '#contract';

type Fields = Record<string, unknown>;

/** Source type → what is always so, and what only its own dataset may carry. */
const VOICES: Readonly<Record<string, { readonly dataset: string; readonly service: string }>> = {
  snapshot: { dataset: SNAPSHOT_DATASET, service: 'snapshot' },
  honeypot: { dataset: 'porchlight.honeypot', service: 'honeypot' },
};

/** Types that are believed where they come from this server itself: from an agent they are a hint like any other, and not taken. */
export const isOurVoice = (type: string | undefined): boolean =>
  type !== undefined && (type === 'porchlight' || Object.hasOwn(VOICES, type));

/** The text as the agent may say it; undefined where it may not. `received` bounds the time a look can claim. */
export function inItsOwnName(type: string, text: string, agent: string, received: number): string | undefined {
  const voice = Object.hasOwn(VOICES, type) ? VOICES[type] : undefined;
  const fields = objectOf(text);
  if (voice === undefined || fields === undefined || fields['event.dataset'] !== voice.dataset) return undefined;
  const own: Fields = Object.fromEntries(Object.entries(fields).filter(([, value]) => isFlat(value)));
  Object.assign(own, { 'host.name': agent, 'labels.product': 'porchlight', 'labels.service': voice.service });
  if (type === 'snapshot') {
    const look = objectOf(fields[SNAPSHOT_FIELD]);
    if (look === undefined) return undefined;
    // A machine whose clock is ahead would otherwise keep its last look for ever: only a later one replaces it.
    const at = Math.min(Number(look['at']), received);
    if (!(at >= 0)) return undefined;
    own[SNAPSHOT_FIELD] = JSON.stringify({ ...look, at, host: agent });
    own['@timestamp'] = new Date(at).toISOString();
  }
  return JSON.stringify(own);
}

/** `{"host":{"name":"…"}}` would be another way to write host.name. */
const isFlat = (value: unknown): boolean =>
  typeof value !== 'object' || (Array.isArray(value) && value.every((item) => typeof item !== 'object'));

function objectOf(text: unknown): Fields | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
