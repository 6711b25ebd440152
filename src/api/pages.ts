/**
 * The dashboard's files. A path is decoded once and looked up as it then is: whatever still looks like a way out (dots,
 * backslash, another percent sign, NUL) is no file of ours, and neither is one whose real place lies outside the folder.
 * A path without an extension is a page of the dashboard, which finds its own way: index.html.
 */
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

const SEGMENT = /^[\w-][\w.-]*$/;
const HASHED = /^assets\/.*-[\w-]{8,}\.\w+$/;

/** Undefined when it does not decode. */
export function decodedPath(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** File inside the web folder, with `/`, or undefined when the path cannot be one. */
export function fileOf(path: string): string | undefined {
  if (path === '/') return 'index.html';
  const segments = path.slice(1).split('/');
  if (!path.startsWith('/') || !segments.every((segment) => SEGMENT.test(segment))) return undefined;
  return segments.at(-1)?.includes('.') === true ? segments.join('/') : 'index.html';
}

export async function liesInside(root: string, file: string): Promise<boolean> {
  try {
    const [folder, place] = await Promise.all([realpath(root), realpath(join(root, file))]);
    return place.startsWith(folder + sep);
  } catch {
    return false;
  }
}

/** The build names assets by their content; everything else may change with the next version. */
export const cacheControl = (file: string): string =>
  HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
