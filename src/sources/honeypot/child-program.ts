/**
 * The child's program, to be sent over a pipe: every module it imports, its types taken out, by name.
 *
 * Why not simply `node child.ts`: Node would load its TypeScript parser in the child, 20 MB in a process that may have 50;
 * and a program that arrives over a pipe needs no permission to read a single file.
 *
 * A module may import `node:` modules, neighbours (`./x.ts`) and `#lib/x`; type imports disappear. Modules are known by their
 * bare name, so no two may share one.
 */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/** Sources by bare name (`login` for `./login.ts`, `printable` for `#lib/printable`). */
export type Program = Readonly<Record<string, string>>;

const FROM = /^(?:import|export|\}) .*?from '((?:\.|#)[^']+)';|^import '((?:\.|#)[^']+)';/gm;

/** Takes types out without Node's remark that doing so by function call is experimental: every start would print it. */
function stripTypes(source: string): string {
  const emit: unknown = Reflect.get(process, 'emitWarning');
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    Reflect.set(process, 'emitWarning', emit);
  }
}

const bareName = (specifier: string): string => specifier.replace(/^.*\//, '').replace(/\.[jt]s$/, '');

/** `entry`: the `file:` URL of the module that exports `run(options)`. */
export function childProgram(entry: string): Program {
  const program: Record<string, string> = {};
  const places = new Map<string, string>();
  const waiting = [entry];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    const name = bareName(url);
    if (places.get(name) === url) continue;
    if (places.has(name)) throw new Error(`Two modules of the honeypot are called ${name}.`);
    places.set(name, url);
    const source = readFileSync(new URL(url), 'utf8');
    const plain = url.endsWith('.ts') ? stripTypes(source) : source;
    program[name] = plain;
    for (const [, from, alone] of plain.matchAll(FROM)) {
      const specifier = from ?? alone ?? '';
      waiting.push(specifier.startsWith('#') ? import.meta.resolve(specifier) : new URL(specifier, url).href);
    }
  }
  return program;
}

/**
 * `--permission`: no files, no child processes, no threads, no add-ons. `--jitless`: no writable code, and 4–8 MB less with
 * visitors. The rest keeps the heap and its helpers small.
 */
export const CHILD_FLAGS = [
  '--permission',
  '--jitless',
  '--disallow-code-generation-from-strings',
  '--v8-pool-size=0',
  '--max-semi-space-size=1',
  '--max-old-space-size=32',
] as const;

/**
 * What `node -e` runs: waits for the first line of stdin, {"program", "options"}, and hands over to its module `child`.
 * A name that the program does not hold falls through to Node, which may load its own modules and nothing else.
 */
export const BOOTSTRAP = `
const { registerHooks } = require('node:module');
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', function take(chunk) {
  text += chunk;
  if (!chunk.includes('\\n')) return;
  process.stdin.off('data', take);
  const { program, options } = JSON.parse(text);
  text = '';
  const scheme = 'honeypot:';
  registerHooks({
    resolve(specifier, context, next) {
      const name = specifier.replace(/^.*[/:]/, '').replace(/\\.[jt]s$/, '');
      const known = !specifier.startsWith('node:') && Object.hasOwn(program, name);
      return known ? { url: scheme + name, format: 'module', shortCircuit: true } : next(specifier, context);
    },
    load(url, context, next) {
      if (!url.startsWith(scheme)) return next(url, context);
      return { format: 'module', source: program[url.slice(scheme.length)], shortCircuit: true };
    },
  });
  import(scheme + 'child').then((child) => child.run(options));
});
process.stdin.on('end', () => setTimeout(() => process.exit(1), 2000).unref());
`;
