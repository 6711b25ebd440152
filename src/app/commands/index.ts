import type { Command } from '../command.ts';

/**
 * Every command there is, by name, in the order of the help. A new one is one file and one line here. Each is loaded when it is
 * called: `top --once` need not know how a server is built.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./up.ts')).up,
  top: async () => (await import('./top.ts')).top,
  agent: async () => (await import('./agent.ts')).agent,
  tail: async () => (await import('./tail.ts')).tail,
  search: async () => (await import('./search.ts')).search,
  alerts: async () => (await import('./alerts.ts')).alerts,
  score: async () => (await import('./score.ts')).score,
  agents: async () => (await import('./agents.ts')).agents,
  parse: async () => (await import('./parse.ts')).parse,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  export: async () => (await import('./export.ts')).exportCommand,
  hunt: async () => (await import('./hunt.ts')).hunt,
  import: async () => (await import('./import.ts')).importCommand,
  rules: async () => (await import('./rules.ts')).rules,
  notify: async () => (await import('./notify.ts')).notify,
  config: async () => (await import('./config.ts')).config,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

export const commandNames: readonly string[] = Object.keys(COMMANDS);

/** undefined: there is no such command. */
export const loadCommand = (name: string): Promise<Command> | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name]?.() : undefined;

export const allCommands = (): Promise<Command[]> => Promise.all(Object.values(COMMANDS).map((load) => load()));
