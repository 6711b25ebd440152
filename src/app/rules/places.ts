/**
 * Where rules lie, and what the configuration says of them. Plain data: it travels to the thread that reads and compiles them,
 * so that no other thread ever holds thousands of rules.
 */
import { join } from 'node:path';
import type { RulesConfig } from '#contract';
import { OWN_RULES, RULE_CACHE } from '../rule-catalogue.ts';

export type RulePolicy = Omit<RulesConfig, 'folders'>;

export interface RulePlaces {
  /** The pack that comes with the program. */
  readonly own: string;
  /** Files and folders of the configuration. */
  readonly folders: readonly string[];
  /** Installed sets, a folder each. */
  readonly sets: string;
  /** What people switched by hand, on the page or with a command. */
  readonly switches: string;
  /** What rule files were parsed into, for the next start. */
  readonly cache: string;
  readonly policy: RulePolicy;
}

export function rulePlaces({ folders, ...policy }: RulesConfig, dataFolder: string): RulePlaces {
  const sets = join(dataFolder, 'rules');
  return {
    own: OWN_RULES,
    folders,
    sets,
    switches: join(dataFolder, 'rule-switches.json'),
    cache: join(dataFolder, RULE_CACHE),
    policy,
  };
}
