/** The child's program, as JSON. A process of its own prints it: the type stripper would stay in the server's memory, 24 MB. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Far above the program's size. */
const PROGRAM_BYTES = 4 * 1024 * 1024;

export async function printedProgram(): Promise<string> {
  const printer = fileURLToPath(
    import.meta.resolve(import.meta.url.endsWith('.ts') ? './print-program.ts' : './print-program.js'),
  );
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', printer], {
    maxBuffer: PROGRAM_BYTES,
  });
  return stdout;
}
