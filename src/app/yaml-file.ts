/**
 * A file of settings: YAML → secrets put in. Every fault names file, line and the offending text. It knows no schema, so that the
 * agent, which must stay small, has no more than this.
 */
import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { CodedError } from '#contract';

export interface ConfigSource {
  readonly path: string;
  readonly text: string;
}

/** The file's text; undefined when it is not there and was not asked for by name. */
export function readConfig(path: string, mustExist: boolean): ConfigSource | undefined {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    if (!mustExist && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CodedError('CONFIG', `${path} cannot be read: ${(error as Error).message}`);
  }
}

export interface YamlFile {
  readonly content: unknown;
  /** The line of a value, from 1; its nearest parent's where it is absent. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
  /** Throws CodedError CONFIG. */
  readonly refuse: (line: number, reason: string) => never;
}

/** `isPlain`: at these places text is what it is, and no secret is put in. */
export function readYaml(
  source: ConfigSource,
  environment: NodeJS.ProcessEnv,
  isPlain: (path: readonly PropertyKey[]) => boolean = () => false,
): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const refuse = (line: number, reason: string): never => {
    const offending = withoutSecret(source.text.split('\n')[line - 1]?.trim() ?? '');
    throw new CodedError('CONFIG', `${source.path}:${line}: ${reason}${offending === '' ? '' : `\n    ${offending}`}`);
  };
  const broken = document.errors[0];
  if (broken !== undefined) refuse(lineAt(broken.pos[0]), broken.message);
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 50 }) ?? {};
  } catch (error) {
    refuse(1, (error as Error).message);
  }
  const lineOf = (path: readonly PropertyKey[]): number => lineAt(offsetOf(document.contents, path));
  const secret = (text: string, path: readonly PropertyKey[]): string => {
    if (isPlain(path)) return text;
    try {
      return putSecretsIn(text, environment);
    } catch (error) {
      return refuse(lineOf(path), (error as Error).message);
    }
  };
  return { content: mapStrings(content, [], secret), lineOf, refuse };
}

/** A secret that stands in the file must not reach a log with the line it broke. */
const withoutSecret = (line: string): string =>
  line.replace(/^((?:- )?(?:key|token|password):\s*)(?!["']?(?:\$\{|file:)).+$/, '$1(hidden)');

/** `${NAME}` from the environment, or the content of `file:/path` without its line end. */
function putSecretsIn(text: string, environment: NodeJS.ProcessEnv): string {
  if (text.startsWith('file:')) {
    try {
      return readFileSync(text.slice('file:'.length), 'utf8').trimEnd();
    } catch (error) {
      throw new Error(`the secret file cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined) throw new Error(`the environment variable ${name} is not set`);
    return value;
  });
}

function mapStrings(
  value: unknown,
  path: readonly PropertyKey[],
  map: (text: string, path: readonly PropertyKey[]) => string,
): unknown {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) return value.map((item, i) => mapStrings(item, [...path, i], map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, [...path, key], map)]));
}

/** Where in the text the value at `path` stands; the nearest parent when the value itself is absent. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else {
      node = (node as { items?: unknown[] } | null)?.items?.[step as number];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}
