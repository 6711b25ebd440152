/**
 * One JSON object that is an envelope around records → those. Programs that keep logs export them so:
 *
 *   CloudTrail, Azure          {"Records": […]}, {"value": […]}
 *   Elasticsearch              {"hits": {"hits": [{"_source": {…}}]}}, and a line each {"_index": …, "_source": {…}}
 *   Splunk                     {"preview": false, "result": {"_raw": "…"}}: the line as it was sent; {"preview": false, …, "results": […]}
 *   xmltodict                  {"Events": {"Event": […]}}
 *   Kubernetes                 {"kind": "EventList", "items": […]}
 *   Microsoft 365              {"RecordType": …, "AuditData": "{\"Workload\": …}"}
 *   pyevtx-rs                  {"event_record_id": 1, "timestamp": …, "data": "{\"Event\": …}"}
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A record as JSON, or a line. */
export type Unwrapped = JsonObject | string;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names under which exports keep a list of records. */
const LISTS = ['Records', 'records', 'Events', 'events', 'value', 'results'];
/** Envelopes in envelopes. */
const MAX_DEPTH = 4;

/** The record itself where it is no envelope. */
export function recordsIn(object: JsonObject, depth = 0): readonly Unwrapped[] {
  if (depth >= MAX_DEPTH) return [object];
  const list = listIn(object);
  if (list !== undefined) return list.flatMap((one) => (isObject(one) ? recordsIn(one, depth + 1) : []));
  const inner = innerOf(object);
  if (inner === undefined) return [object];
  return isObject(inner) ? recordsIn(inner, depth + 1) : [inner];
}

/** An envelope has little besides its list. */
function listIn(object: JsonObject): readonly unknown[] | undefined {
  const { hits } = object;
  if (isObject(hits) && Array.isArray(hits['hits'])) return hits['hits'] as readonly unknown[];
  const { kind, items, preview, results, Events: events } = object;
  if (Array.isArray(results) && preview !== undefined) return results as readonly unknown[];
  if (isObject(events) && Array.isArray(events['Event'])) return events['Event'] as readonly unknown[];
  if (Array.isArray(items) && typeof kind === 'string' && kind.endsWith('List')) return items as readonly unknown[];
  if (Object.keys(object).length > 3) return undefined;
  for (const name of LISTS) {
    const list = object[name];
    if (Array.isArray(list) && list.length > 0 && list.every(isObject)) return list;
  }
  return undefined;
}

function innerOf(object: JsonObject): Unwrapped | undefined {
  const { _source: source, result, _raw: raw, data, event_record_id: id, AuditData: audit } = object;
  if (isObject(source) && object['_index'] !== undefined) return source;
  if (isObject(result) && object['preview'] !== undefined) return result;
  if (typeof raw === 'string' && raw !== '') return raw;
  if (typeof audit === 'string') return parsed(audit);
  return typeof data === 'string' && id !== undefined ? (parsed(data) ?? data) : undefined;
}

/** undefined for text that is no JSON object. */
export function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
