/** The writer process, from outside: a promise for each order. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { within } from '../server/waiting.ts';
import { type Answer, type Deed, isAnswer, type Task, type WrittenFile } from './writer-orders.ts';

const PROGRAM = fileURLToPath(new URL('writer-program.ts', import.meta.url));

export interface Writer {
  readonly files: readonly WrittenFile[];
  /** Resolves when it is done. */
  tell(deed: Deed): Promise<void>;
  /**
   * Nobody else who asks for the file alone has it meanwhile. Between 'all of it was read' and taking it away no party of the run may
   * write to it.
   */
  alone<T>(path: string, act: () => Promise<T>): Promise<T>;
  /** Lines by stream, as of the last answer. */
  written(): ReadonlyMap<string, number>;
  readonly reused: () => number;
  kill(): void;
}

export function writer(task: Task): Writer {
  const child = fork(PROGRAM, [JSON.stringify(task)], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void once(child, 'exit').then(() => process.off('exit', kill));
  const waiting = new Map<number, (answer: Answer) => void>();
  const turns = new Map<string, Promise<unknown>>();
  let orders = 0;
  let last: Answer = { order: 0, written: [], reused: 0 };
  child.on('message', (message: unknown) => {
    if (!isAnswer(message)) return;
    last = message;
    waiting.get(message.order)?.(message);
    waiting.delete(message.order);
  });

  return {
    files: task.files,
    async tell(deed) {
      const order = ++orders;
      const answer = new Promise<Answer>((resolve) => waiting.set(order, resolve));
      child.send({ ...deed, order });
      await within(`the writer answers to ${deed.do}`, answer);
    },
    alone(path, act) {
      const turn = (turns.get(path) ?? Promise.resolve()).then(act);
      turns.set(
        path,
        turn.catch(() => undefined),
      );
      return turn;
    },
    written: () => new Map(last.written),
    reused: () => last.reused,
    kill,
  };
}
