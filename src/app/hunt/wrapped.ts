/** One JSON object that is an envelope around others → those. */
type Record_ = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names under which exports keep a list of records: CloudTrail, Azure, Event Viewer's converters. */
const LISTS = ['Records', 'records', 'Events', 'events', 'value'];

/** The record itself where it is no envelope. */
export function recordsIn(object: Record_): readonly Record_[] {
  const list = listIn(object);
  if (list === undefined) return [object];
  return list.filter(isRecord);
}

/** An envelope has little besides its list. */
function listIn(object: Record_): readonly unknown[] | undefined {
  const { hits } = object;
  // The reply to a search of Elasticsearch.
  if (isRecord(hits) && Array.isArray(hits['hits'])) return hits['hits'] as readonly unknown[];
  if (Object.keys(object).length > 3) return undefined;
  for (const name of LISTS) {
    const list = object[name];
    if (Array.isArray(list) && list.length > 0 && list.every(isRecord)) return list;
  }
  return undefined;
}
