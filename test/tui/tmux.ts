/** A program on a real terminal, with a person's hands and eyes: tmux keeps the screen, its cursor and its modes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../e2e/waiting.ts';

export interface Window {
  /** Types text, or presses a named key such as `Enter`. */
  type(text: string): void;
  press(key: string): void;
  screen(): string;
  /** Resolves with the screen once it looks so. */
  shows(what: RegExp): Promise<string>;
  /** One of tmux's formats: `alternate_on`, `cursor_flag`, `wrap_flag`. */
  flag(name: string): string;
  resize(columns: number, rows: number): void;
  /** Every byte that any program wrote to the terminal. */
  bytes(): Buffer;
  close(): void;
}

let opened = 0;

/** A shell in a window of its own. The shell is there to see what is left when the program has gone. */
export function openWindow(columns: number, rows: number): Window {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-tmux-'));
  const log = join(folder, 'bytes');
  const socket = join(folder, `socket-${++opened}`);
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '' };
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...args], { env, encoding: 'utf8' });
  const size = ['-x', String(columns), '-y', String(rows)];
  tmux('new-session', '-d', ...size, 'sh');
  tmux('set-option', '-g', 'status', 'off');
  tmux('resize-window', ...size);
  tmux('pipe-pane', `cat > ${log}`);
  const screen = (): string => tmux('capture-pane', '-p');
  const kill = (): void => {
    try {
      tmux('kill-server');
    } catch {
      // It has gone already.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', kill);
  return {
    type: (text) => void tmux('send-keys', '-l', text),
    press: (key) => void tmux('send-keys', key),
    screen,
    async shows(what) {
      try {
        return await until(`${String(what)} on the screen`, () => {
          const seen = screen();
          return what.test(seen) && seen;
        });
      } catch (error) {
        throw new Error(`never showed ${String(what)}, but:\n${screen()}`, { cause: error });
      }
    },
    flag: (name) => tmux('display-message', '-p', `#{${name}}`).trim(),
    resize: (wide, high) => void tmux('resize-window', '-x', String(wide), '-y', String(high)),
    bytes: () => readFileSync(log),
    close() {
      process.off('exit', kill);
      kill();
    },
  };
}
