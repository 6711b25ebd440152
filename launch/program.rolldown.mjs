/*
 * How the program is folded: main.ts and the threads, each a file, and what they share. Nothing is made smaller or renamed, so
 * that a stack still names what failed.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './places.mjs';

const APP = join(ROOT, 'src', 'app');

/** A module that asks where it is means its place among the sources: rules, the page and package.json lie relative to that. */
const ownPlaces = {
  name: 'own-places',
  transform: (code, id) =>
    /[\\/]src[\\/].*\.ts$/.test(id) && code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      : null,
};

/** What a start from the sources has another process print. */
const honeypotProgram = {
  name: 'honeypot-program',
  async load(id) {
    if (!/[\\/]honeypot[\\/]printed-program\.ts$/.test(id)) return null;
    const { childProgram } = await import(new URL('child-program.ts', pathToFileURL(id)).href);
    const printed = JSON.stringify(childProgram(new URL('child.ts', pathToFileURL(id)).href));
    return `export const printedProgram = async () => ${JSON.stringify(printed)};`;
  },
};

/** Fastify loads HTTP/2 before it knows that nobody asked for it: 3 MB. */
const laterHttp2 = {
  name: 'later-http2',
  transform: (code, id) =>
    /[\\/]fastify[\\/]lib[\\/]server\.js$/.test(id)
      ? code
          .replace("const http2 = require('node:http2')", '')
          .replaceAll('http2.create', "require('node:http2').create")
      : null,
};

export default {
  input: Object.fromEntries(
    readdirSync(APP)
      .filter((name) => name === 'main.ts' || name.endsWith('-worker.ts'))
      .map((name) => [basename(name, '.ts'), join(APP, name)]),
  ),
  platform: 'node',
  cwd: ROOT,
  plugins: [ownPlaces, honeypotProgram, laterHttp2],
  output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'part-[name]-[hash].js' },
};
