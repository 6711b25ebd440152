/** What the database says is checked like anything else from outside: bits flip, and people edit files. */
import { type Alert, ALERT_STATUSES, isLevel } from '#contract';

/** Each property of an alert, and whether a value may be it. */
const ALERT: { readonly [K in keyof Alert]-?: (value: unknown) => boolean } = {
  id: isText,
  title: isText,
  kind: isText,
  level: isLevel,
  status: (value) => ALERT_STATUSES.some((status) => status === value),
  count: isNumber,
  evidence_count: isNumber,
  first_seen: isNumber,
  last_seen: isNumber,
  rule: (value) => isObject(value) && isText(value['id']) && isText(value['title']),
  entity: isText,
  entity_field: isText,
  host: isText,
  sentence: isText,
  sentence_form: (value) => value === undefined || isText(value),
  steps: (value) =>
    isListOf(
      value,
      (step) => isObject(step) && isText(step['text']) && (step['command'] === undefined || isText(step['command'])),
    ),
  tags: (value) => isListOf(value, isText),
  historic: (value) => typeof value === 'boolean',
};

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isListOf = (value: unknown, fits: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(fits);

/** Throws with the property that is wrong. */
function checkAlert(value: unknown): Alert {
  if (!isObject(value)) throw new Error('it is not an object');
  for (const [name, fits] of Object.entries(ALERT)) if (!fits(value[name])) throw new Error(`${name} is wrong`);
  return value as unknown as Alert;
}

/** Undefined, and reported, where the row is not an alert. */
export function readAlert(row: Record<string, unknown>, report: (reason: string) => void): Alert | undefined {
  try {
    return checkAlert(JSON.parse(String(row['state'])));
  } catch (error) {
    report(`Alert ${String(row['id'])} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
