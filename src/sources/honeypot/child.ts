/**
 * The honeypot's own process. It is started by `honeypot.ts` with no environment, no file access (Node's permission model)
 * and three pipes; as root it becomes `nobody` once the port is bound.
 *
 * stdin: the first line starts it; after that it only says, by ending, that the parent is gone. stdout: one line of JSON a
 * record, and one control line ({"control": …}) first. It loads nothing but Node's own modules and its neighbours.
 */
import type { HoneypotConfig } from '#contract';
import { listener } from './listener.ts';
import { outbox } from './outbox.ts';
import { sealOutgoing } from './seal.ts';

export interface ChildOptions {
  readonly config: HoneypotConfig;
  readonly failDelay: number;
}

/** The first line of stdout. `uid` is undefined where the system has none (Windows). */
export type Control =
  | { readonly control: 'listening'; readonly address: string; readonly port: number; readonly uid: number | undefined }
  | { readonly control: 'failed'; readonly code: string; readonly reason: string };

const NOBODY = 65534;
/** Milliseconds for the last records to leave; after that it goes without them. */
const LAST_WORDS = 1000;

/** Gives up root for good. Where the system does not allow it (some containers), it stays what it was, and says so. */
function becomeNobody(): void {
  if (process.getuid?.() !== 0) return;
  try {
    process.setgroups?.([]);
    process.setgid?.(NOBODY);
    process.setuid?.(NOBODY);
  } catch (error) {
    process.stderr.write(`The honeypot keeps its user: ${String(error)}\n`);
  }
}

export function run(options: ChildOptions): void {
  process.title = 'porchlight honeypot';
  const { server, hold, stop } = listener({ ...options, send: (record) => out.send(record), now: Date.now });
  const out = outbox(process.stdout, hold);
  const tell = (control: Control): void => out.send(control);

  let leaving = false;
  function leave(code: number): void {
    if (leaving) return;
    leaving = true;
    stop();
    setTimeout(() => process.exit(code), LAST_WORDS);
    out.flushed(() => process.exit(code));
  }

  server.on('error', (error: NodeJS.ErrnoException) => {
    tell({ control: 'failed', code: error.code ?? '', reason: error.message });
    leave(1);
  });
  server.listen(options.config.port, options.config.host, () => {
    sealOutgoing();
    becomeNobody();
    const bound = server.address();
    if (bound === null || typeof bound === 'string') return leave(1);
    tell({ control: 'listening', address: bound.address, port: bound.port, uid: process.getuid?.() });
  });

  process.stdin.on('end', () => leave(0)).resume();
  process.stdout.on('error', () => process.exit(1));
  process.on('SIGTERM', () => leave(0));
  // Ctrl-C reaches the whole terminal; the parent decides when to stop.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
}
