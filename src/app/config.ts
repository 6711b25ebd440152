/**
 * Reads `porchlight.yaml`: YAML → secrets put in → schema. Every fault names file, line and the offending text, and an unknown
 * key gets a suggestion. No file at all is the default configuration.
 */
import type { z } from 'zod';
import type { Config } from '#contract';
import { configSchema } from '#contract/schema';
import { nearest } from '#lib/nearest';
import { withEnvironment } from './notify-environment.ts';
import { type ConfigSource, readYaml } from './yaml-file.ts';

export { type ConfigSource, readConfig } from './yaml-file.ts';

/** The file, and what the environment switches on besides. */
export const parseConfig = (source: ConfigSource | undefined, environment: NodeJS.ProcessEnv): Config =>
  withEnvironment(source === undefined ? configSchema.parse({}) : parseFile(source, environment), environment);

function parseFile(source: ConfigSource, environment: NodeJS.ProcessEnv): Config {
  const { content, lineOf, refuse } = readYaml(source, environment, namesRules);
  const result = configSchema.safeParse(content);
  if (!result.success) {
    const issue = result.error.issues[0];
    if (issue !== undefined) refuse(lineOf(pathOf(issue)), explain(issue));
  }
  return result.data as Config;
}

/** In `rules.disable`, `file:` names rule files. */
const namesRules = ([section, key]: readonly PropertyKey[]): boolean => section === 'rules' && key === 'disable';

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
