/**
 * Reads `porchlight.yaml`: YAML → secrets put in → schema. Every fault names file, line and the offending text, and an unknown
 * key gets a suggestion. No file at all is the default configuration.
 */
import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CodedError, type Config } from '#contract';
import { configSchema } from '#contract/schema';
import { nearest } from '#lib/nearest';
import { withEnvironment } from './notify-environment.ts';

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

/** The file, and what the environment switches on besides. */
export const parseConfig = (source: ConfigSource | undefined, environment: NodeJS.ProcessEnv): Config =>
  withEnvironment(source === undefined ? configSchema.parse({}) : parseFile(source, environment), environment);

function parseFile(source: ConfigSource, environment: NodeJS.ProcessEnv): Config {
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
    try {
      return putSecretsIn(text, environment);
    } catch (error) {
      return refuse(lineOf(path), (error as Error).message);
    }
  };
  const result = configSchema.safeParse(mapStrings(content, [], secret));
  if (!result.success) {
    const issue = result.error.issues[0];
    if (issue !== undefined) refuse(lineOf(pathOf(issue)), explain(issue));
  }
  return result.data as Config;
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

type Issue = z.core.$ZodIssue;

const pathOf = (issue: Issue): readonly PropertyKey[] =>
  issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;

function explain(issue: Issue): string {
  if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.')}: ${issue.message}`;
  const key = issue.keys[0] ?? '';
  const meant = nearest(key, keysAt(issue.path));
  return `unknown key "${key}"${meant === undefined ? '' : `. Did you mean "${meant}"?`}`;
}

/** The keys that the schema knows at a place. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let value: unknown = configSchema.parse({});
  for (const step of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[step];
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
