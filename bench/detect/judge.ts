/** The engine's hits of a lane against those of the naive interpreter, which reads a rule's own field names. */
import type { Event, EventId, RuleDocument } from '#contract';
import type { Detector } from '#detect';
import { naive, type NaiveEvent } from '../../test/detect/naive.ts';

/** Sigma's names for what the events of the lanes have. */
export const SIGMA_NAMES: Readonly<Record<string, string>> = {
  'event.code': 'EventID',
  'winlog.provider_name': 'Provider_Name',
  'winlog.channel': 'Channel',
  'process.pid': 'ProcessId',
  'process.executable': 'Image',
  'process.command_line': 'CommandLine',
  'process.working_directory': 'CurrentDirectory',
  'process.parent.executable': 'ParentImage',
  'process.parent.command_line': 'ParentCommandLine',
  'process.parent.pid': 'ParentProcessId',
  'process.pe.original_file_name': 'OriginalFileName',
  'file.path': 'TargetFilename',
};

function bySigmaNames(event: Event): NaiveEvent {
  const named = Object.entries(event).map(([key, value]) => [
    SIGMA_NAMES[key] ?? key.replace('winlog.event_data.', ''),
    value,
  ]);
  return Object.fromEntries(named) as NaiveEvent;
}

interface RuleContent {
  readonly id?: string;
  readonly title: string;
  readonly logsource: { readonly product?: string; readonly category?: string; readonly service?: string };
  readonly detection?: Readonly<Record<string, unknown>>;
}

/** The rules that a lane's events meet, without those that need a placeholder. */
function rulesOf(documents: readonly RuleDocument[], event: Event): readonly RuleContent[] {
  const labels = (part: string): readonly unknown[] => [event[`labels.${part}`]].flat();
  return documents
    .map(({ content }) => content as RuleContent)
    .filter(({ logsource: { product, category, service }, detection }) => {
      const fits = (part: string, value: string | undefined): boolean =>
        value === undefined || labels(part).includes(value);
      const applies = fits('product', product) && fits('category', category) && fits('service', service);
      return applies && detection !== undefined && !JSON.stringify(detection).includes('|expand');
    });
}

const id: EventId = '1-1';

export interface Judgement {
  readonly pairs: number;
  readonly hits: number;
  /** Rule and event for each pair where the two differ. */
  readonly wrong: readonly string[];
}

export function misjudged(detector: Detector, documents: readonly RuleDocument[], events: readonly Event[]): Judgement {
  const wrong: string[] = [];
  let [pairs, hits] = [0, 0];
  for (const event of events) {
    const matched = new Set(detector.detect({ id, event }).matches.map(({ rule }) => rule.title));
    const named = bySigmaNames(event);
    for (const { title, detection } of rulesOf(documents, event)) {
      const expected = naive(detection ?? {}, named);
      pairs++;
      if (expected) hits++;
      if (expected !== matched.has(title)) wrong.push(`${title}: ${JSON.stringify(named)}`);
    }
  }
  return { pairs, hits, wrong };
}
