/**
 * The child's program as one `data:` URL: every module it imports is packed in, its types taken out.
 *
 * Why not simply `node child.ts`: Node would load its TypeScript parser in the child, 20 MB in a process that may have 50;
 * and a program that arrives over a pipe needs no permission to read a single file.
 *
 * A module may import `node:` modules, neighbours (`./x.ts`) and `#lib/x`, each on one line with single quotes; type imports
 * disappear. The same module packs to the same URL, so it is loaded once.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stripTypeScriptTypes } from 'node:module';

const IMPORT = /^(import|export|\}) (.*?)from '((?:\.|#)[^']+)';$/gm;

/** Takes types out without Node's remark that doing so by function call is experimental: `--test` and users would see it. */
function stripTypes(source: string): string {
  const emit = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emit;
  }
}

function pack(url: string, packed: Map<string, string>): string {
  const known = packed.get(url);
  if (known !== undefined) return known;
  const source = readFileSync(new URL(url), 'utf8');
  const plain = url.endsWith('.ts') ? stripTypes(source) : source;
  const linked = plain.replace(IMPORT, (_, word: string, names: string, specifier: string) => {
    const target = specifier.startsWith('#') ? import.meta.resolve(specifier) : new URL(specifier, url).href;
    return `${word} ${names}from '${pack(target, packed)}';`;
  });
  const named = `${linked}\n//# sourceURL=honeypot/${basename(url)}\n`;
  const program = `data:text/javascript;base64,${Buffer.from(named).toString('base64')}`;
  packed.set(url, program);
  return program;
}

/** `entry`: the `file:` URL of the module that exports `run(options)`. */
export const childProgram = (entry: string): string => pack(entry, new Map());

/** What `node -e` runs: waits for the first line of stdin, {"program", "options"}, and hands over to it. */
export const BOOTSTRAP = `
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', function take(chunk) {
  text += chunk;
  const end = text.indexOf('\\n');
  if (end < 0) return;
  process.stdin.off('data', take);
  const { program, options } = JSON.parse(text.slice(0, end));
  text = '';
  import(program).then((child) => child.run(options));
});
process.stdin.on('end', () => setTimeout(() => process.exit(1), 2000).unref());
`;
