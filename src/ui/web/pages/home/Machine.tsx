import { Link } from 'wouter';
import type { AuthSummary, ProcessUse } from '#contract';
import { authSentence, type Login, loginEnd, moment, valueText, withTerm } from '#ui/model';
import { Log } from '../../parts/Log.tsx';
import ui from '../../parts/ui.module.css';
import { useNow } from '../../state/browser.ts';
import { type ScoreReply, useLoggedLogins } from '../../state/monitor.ts';
import home from './Home.module.css';
import css from './Machine.module.css';

/** What one look at the machine saw: who uses it, and what uses it up. */
export function Machine({ score }: { readonly score: ScoreReply }) {
  const { snapshot, auth } = score;
  return (
    <>
      <Processes processes={snapshot.processes} known={snapshot.span > 0} />
      <section aria-labelledby="h-logins">
        <div className={ui['secHead']}>
          <h2 id="h-logins">Recent logins</h2>
        </div>
        {snapshot.logins.length > 0 ? <Logins logins={snapshot.logins} /> : <LoggedLogins host={snapshot.host} />}
        <Failures auth={auth} />
      </section>
    </>
  );
}

const SHOWN = 6;

interface ProcessesProps {
  readonly processes: readonly ProcessUse[];
  /** False of the first look, which has nothing to compare with. */
  readonly known: boolean;
}

function Processes({ processes, known }: ProcessesProps) {
  return (
    <section aria-labelledby="h-top">
      <div className={ui['secHead']}>
        <h2 id="h-top">Top processes</h2>
      </div>
      {processes.length === 0 ? <p className={home['none']}>This system does not say which.</p> : null}
      {processes.length === 0 ? null : (
        <table className={css['processes']}>
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">User</th>
              <th scope="col">CPU</th>
              <th scope="col">Memory</th>
            </tr>
          </thead>
          <tbody>
            {processes.slice(0, SHOWN).map(({ pid, name, user, cpu, memory }) => (
              <tr key={pid}>
                <td>
                  <Log text={name} />
                  <span className={css['pid']}>{pid}</span>
                </td>
                <td>
                  <Log text={user} />
                </td>
                <td>{known ? `${cpu.toFixed(1)} %` : '–'}</td>
                <td>{memory.toFixed(1)} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Logins({ logins }: { readonly logins: readonly Login[] }) {
  const now = useNow(60_000);
  return (
    <ol className={css['logins']}>
      {logins.slice(0, SHOWN).map((login) => (
        <li key={`${login.at} ${login.user} ${login.from}`}>
          <time dateTime={new Date(login.at).toISOString()}>{moment(login.at, now)}</time>
          <b>
            <bdi>{valueText(login.user)}</bdi>
          </b>
          <span>{login.from === '' ? 'at the console' : <Log text={`from ${login.from}`} />}</span>
          {login.until === undefined ? null : (
            <span className={login.until === null ? undefined : css['over']}>
              {loginEnd({ at: login.at, until: login.until })}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Some systems keep no record of logins; the log has them all the same. */
function LoggedLogins({ host }: { readonly host: string }) {
  const logins = useLoggedLogins(host, SHOWN);
  if (logins === undefined) return null;
  if (logins.length === 0) return <p className={home['none']}>No login is on record.</p>;
  return (
    <>
      <Logins logins={logins} />
      <p className={css['auth']}>From the log: this machine keeps no record of logins.</p>
    </>
  );
}

function Failures({ auth }: { readonly auth: AuthSummary }) {
  return (
    <>
      <p className={css['auth']}>{authSentence(auth)}</p>
      {auth.failedBy.length === 0 ? null : (
        <ul className={css['failed']}>
          {auth.failedBy.map(({ address, count }) => (
            <li key={address}>
              <Link
                className={ui['link']}
                href={`/events?${new URLSearchParams({ q: withTerm('', 'source.ip', address, false) }).toString()}`}
              >
                <bdi>{valueText(address)}</bdi>
              </Link>{' '}
              {count}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
