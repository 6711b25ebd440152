/**
 * A record of names and values in a message: JSON (also behind rsyslog's `@cee:`), logfmt, CEF, LEEF, or the XML of a
 * Windows event. The first characters decide
 * whether it is worth a try.
 */
import { cefRecord, leefRecord } from './cef.ts';
import { logfmtRecord } from './logfmt.ts';
import { mayBeXmlEvent, xmlEvent } from './windows/xml.ts';

export interface RecordIn {
  readonly framing: 'json' | 'logfmt' | 'cef' | 'leef' | 'xml';
  readonly fields: Readonly<Record<string, unknown>>;
}

const BRACE = 123;

export function recordIn(message: string): RecordIn | undefined {
  const code = message.charCodeAt(0);
  if (code === BRACE || code === 32) return inJson(message);
  if (code === 64 && message.startsWith('@cee:')) return inJson(message.slice(5));
  if (code === 67 && message.startsWith('CEF:')) return found('cef', cefRecord(message));
  if (code === 76 && message.startsWith('LEEF:')) return found('leef', leefRecord(message));
  if (code === 60 && mayBeXmlEvent(message)) return found('xml', xmlEvent(message));
  return isLetter(code) ? found('logfmt', logfmtRecord(message)) : undefined;
}

const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

const found = (framing: RecordIn['framing'], fields: RecordIn['fields'] | undefined): RecordIn | undefined =>
  fields === undefined ? undefined : { framing, fields };

function inJson(message: string): RecordIn | undefined {
  const text = message.trimStart();
  return text.charCodeAt(0) === BRACE ? found('json', jsonRecord(text)) : undefined;
}

/** undefined for text that is no JSON object. */
export function jsonRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
