import { Link } from 'wouter';
import type { ListedRule } from '#contract';
import { capital, levelWord } from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import css from './Rules.module.css';
import { TryListed } from './TryListed.tsx';

/** All that a rule says of itself, why it is as it is, and the way to what it found. */
export function RuleDetails({ rule }: { readonly rule: ListedRule }) {
  const { id, description, reason, remarks, tags, file, line, level, written_level } = rule;
  const found = `/events?q=${encodeURIComponent(`porchlight.rule.id:"${id}"`)}&range=7d`;
  return (
    <div className={css['about']}>
      {description === '' ? null : (
        <p className={css['description']}>
          <Log text={description} />
        </p>
      )}
      <dl>
        {[...(reason === '' ? [] : [reason]), ...remarks].map((remark) => (
          <Fact key={remark} name="Note" text={capital(remark)} />
        ))}
        {level === written_level ? null : (
          <Fact
            name="Level"
            text={`${levelWord(level)} here; its author says ${levelWord(written_level).toLowerCase()}`}
          />
        )}
        {tags.length === 0 ? null : <Fact name="Tags" text={tags.join(', ')} />}
        <Fact name="Id" text={id} />
        <Fact name="File" text={`${file}:${line}`} />
      </dl>
      <Link className={ui['link']} href={found}>
        Events it matched
      </Link>
      <TryListed rule={rule} />
    </div>
  );
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Log text={text} />
      </dd>
    </div>
  );
}
