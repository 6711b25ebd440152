import { Link } from 'wouter';
import type { WireAlert } from '#contract';
import { valuesOf, valueText, withTerm } from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Panel.module.css';
import { Section } from './Section.tsx';

const NAMES: readonly (readonly [string, string])[] = [
  ['source.ip', 'Address'],
  ['user.name', 'Account'],
  ['host.name', 'Host'],
  ['process.name', 'Program'],
];
const SHOWN = 4;

/** Who and what is in it; each leads to the events that name it. */
export function Facts({ alert }: { readonly alert: WireAlert }) {
  return (
    <Section title="About it">
      <dl className={css['facts']}>
        {NAMES.map(([field, name]) => {
          const values = [
            ...new Set([
              ...(alert.entity_field === field ? [alert.entity] : []),
              ...alert.evidence.flatMap((line) => valuesOf(line[field])),
            ]),
          ];
          return values.length === 0 ? null : <Fact key={field} field={field} name={name} values={values} />;
        })}
        <dt>Rule</dt>
        <dd>
          <Log text={alert.rule.title} />
        </dd>
        {alert.tags.length === 0 ? null : (
          <>
            <dt>Technique</dt>
            <dd>
              <Log text={techniques(alert.tags)} />
            </dd>
          </>
        )}
      </dl>
    </Section>
  );
}

function Fact({
  field,
  name,
  values,
}: {
  readonly field: string;
  readonly name: string;
  readonly values: readonly string[];
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {values.slice(0, SHOWN).map((value, at) => (
          <span key={value}>
            {at === 0 ? '' : ', '}
            <Link
              className={ui['link']}
              href={`/events?${new URLSearchParams({ q: withTerm('', field, value, false), range: 'all' }).toString()}`}
            >
              <bdi>{valueText(value)}</bdi>
            </Link>
          </span>
        ))}
        {values.length > SHOWN ? ` and ${values.length - SHOWN} more` : ''}
      </dd>
    </>
  );
}

/** `attack.t1110.001` is written T1110.001; other tags as they are, without `attack.` and with blanks. */
function techniques(tags: readonly string[]): string {
  return tags
    .map((tag) =>
      /^attack\.t\d/.test(tag) ? tag.slice(7).toUpperCase() : tag.replace(/^attack\./, '').replace(/[-_]/g, ' '),
    )
    .join(', ');
}
