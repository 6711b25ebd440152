import type { RouteResponse } from '#contract';
import { moment, plural, thousands, valueText } from '#ui/model';
import { PlusMinus } from './Fields.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import css from './ResultTable.module.css';
import type { Looking } from './useLooking.ts';

type Table = RouteResponse<'eventTable'>;

interface Props {
  readonly table: Table;
  readonly looking: Looking;
}

/** What a pipe made: a row for each group with its share as a bar. A value can be asked for or left out from here. */
export function ResultTable({ table, looking }: Props) {
  const now = useNow(60_000);
  const { columns, rows, groups, left_out: leftOut } = table;
  const fields = columns.slice(0, -1);
  const most = Math.max(1, ...rows.map((row) => Number(row.at(-1))));
  if (fields.length === 0)
    return (
      <p className={css['sum']} data-testid="result">
        <b>{thousands(table.total)}</b> {table.total === 1 ? 'event' : 'events'}
      </p>
    );
  if (rows.length === 0)
    return <p className={ui['empty']}>None of the events that were found has {fields.join(' and ')}.</p>;
  return (
    <div className={css['result']}>
      <table data-testid="result" aria-label="What was counted">
        <thead>
          <tr>
            {fields.map((name) => (
              <th key={name} scope="col">
                {name === '@timestamp' ? 'From' : <bdi>{valueText(name)}</bdi>}
              </th>
            ))}
            <th scope="col" className={css['count']}>
              Count
            </th>
            <th className={css['bar']} aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row.slice(0, -1))}>
              {fields.map((name, at) => (
                <td key={name}>
                  {name === '@timestamp' ? (
                    <time dateTime={String(row[at])}>{moment(String(row[at]), now)}</time>
                  ) : (
                    <span className={css['value']}>
                      <bdi>{valueText(row[at])}</bdi>
                      <PlusMinus looking={looking} field={name} value={String(row[at])} />
                    </span>
                  )}
                </td>
              ))}
              <td className={css['count']}>{thousands(Number(row.at(-1)))}</td>
              <td className={css['bar']} aria-hidden="true">
                <i style={{ width: `${(Number(row.at(-1)) / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {groups > rows.length ? (
        <p className={css['note']}>
          The first {thousands(rows.length)} of {plural(groups, 'row')}.
        </p>
      ) : null}
      {leftOut > 0 ? (
        <p className={css['note']}>
          {plural(leftOut, 'event')} {leftOut === 1 ? 'is' : 'are'} not in it: there are more different values than are
          kept apart.
        </p>
      ) : null}
    </div>
  );
}
