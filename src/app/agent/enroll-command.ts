/** `porchlight agent enroll` and `agent rotate`. */
import { mkdirSync, readFileSync } from 'node:fs';
import { CodedError } from '#contract';
import { printable } from '#lib/printable';
import type { Context } from '../command.ts';
import { enroll, enrolmentPath, exchangeKey, readEnrolment, readToken, writeEnrolment } from './enrolment.ts';
import { openLink } from './link.ts';

const LONGEST_TOKEN = 16 * 1024;

/** The token comes from stdin or a file: what stands in argv, every process of the machine can read. */
export async function enrollAgent(context: Context, folder: string, file: string | undefined): Promise<number> {
  if (file?.startsWith('pla1.') === true)
    throw new CodedError(
      'USAGE',
      'the token does not belong on the command line, where everybody on this machine can read it: porchlight agent enroll, then paste it',
    );
  if (file === undefined && context.stdinIsTerminal) context.err('Paste the token and press Enter:\n');
  const text = file === undefined ? await readLine(context) : readFile(file);
  const enrolment = await enroll(readToken(text, context.now()), context.signal);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = readEnrolment(folder);
  writeEnrolment(folder, enrolment);
  context.out(
    [
      `This machine is ${printable(enrolment.agent)} to ${enrolment.urls[0] ?? ''}${before === undefined ? '' : `; it was ${printable(before.agent)}`}.`,
      `Its key and the server's authority are in ${enrolmentPath(folder)}.`,
      'Next: porchlight agent. One that runs already has to be started again.',
      '',
    ].join('\n'),
  );
  return 0;
}

/** A new key for the old one. Both are good until the new one was used. */
export async function rotateKey(context: Context, folder: string): Promise<number> {
  const enrolment = readEnrolment(folder);
  if (enrolment === undefined) throw new CodedError('USAGE', 'this machine is not enrolled: porchlight agent enroll');
  const failures: string[] = [];
  for (const url of enrolment.urls) {
    const link = await openLink(new URL(url), enrolment.ca);
    try {
      writeEnrolment(folder, await exchangeKey(link, enrolment, context.signal));
      context.out('The key is exchanged. An agent that runs takes the new one when the old one is refused.\n');
      return 0;
    } catch (error) {
      if (error instanceof CodedError) throw error;
      failures.push(`${url}: ${(error as Error).message}`);
    } finally {
      link.close();
    }
  }
  throw new CodedError('NO_SERVER', failures.join('\n'));
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CodedError('USAGE', `the token file cannot be read: ${(error as Error).message}`);
  }
}

async function readLine({ stdin }: Context): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += Buffer.from(chunk).toString();
    if (text.trim().includes('\n') || (text.trim() !== '' && text.endsWith('\n')) || text.length > LONGEST_TOKEN) break;
  }
  return text;
}
