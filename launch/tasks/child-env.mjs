import process from 'node:process';
import { delimiter, dirname, join } from 'node:path';
import { ROOT } from '../places.mjs';

/** The environment of a development tool: this Node first on the PATH, then the tools of this checkout. */
export function childEnv() {
  const path = [dirname(process.execPath), join(ROOT, 'node_modules', '.bin'), process.env['PATH'] ?? ''];
  const env = { ...process.env, PATH: path.join(delimiter) };
  // A task that a test starts is no test of that test's runner.
  delete env['NODE_TEST_CONTEXT'];
  return env;
}
