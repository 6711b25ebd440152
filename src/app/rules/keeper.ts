/**
 * Keeps the rules of a running server up to date: looks for changes of the configuration, the folders, the installed sets and the
 * switches, and has the hub put them in force. One change at a time; whatever fails, the rules that ran go on.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { CodedError, type ListedRule, type RuleList, type RulesConfig } from '#contract';
import { fingerprint } from './fingerprint.ts';
import { type RulePlaces, rulePlaces } from './places.ts';
import { writeSwitch } from './switches.ts';

export interface KeeperOptions {
  readonly config: RulesConfig;
  readonly dataFolder: string;
  readonly configPath: string | undefined;
  /** Throws CodedError CONFIG. */
  readonly reread: (() => RulesConfig) | undefined;
  /** Why the newest rules are not in force; without a reason when they are. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** What puts rules in force: the hub. */
interface Engine {
  rules(): RuleList;
  reload(): Promise<RuleList>;
}

export interface RuleKeeper {
  places(): RulePlaces;
  /** Begins to look for changes. */
  watch(engine: Engine, signal: AbortSignal): void;
  /** Rejects where the configuration is broken or the rules cannot be compiled; then the old ones go on. */
  reload(): Promise<RuleList>;
  switchRule(id: string, to: 'on' | 'off' | undefined): Promise<ListedRule | undefined>;
}

/** ms between two looks, and while files are still being written. */
const LOOK = 2000;
const SETTLE = 300;
/** A look may take this part of the time: thousands of files are looked at less often. */
const PART = 1 / 500;
const MOST = 60_000;

export function keepRules({ config, dataFolder, configPath, reread, onTrouble }: KeeperOptions): RuleKeeper {
  let places = rulePlaces(config, dataFolder);
  let engine: Engine | undefined;
  let seen = '';
  let running: Promise<RuleList> | undefined;
  let following: Promise<RuleList> | undefined;

  async function change(): Promise<RuleList> {
    try {
      if (engine === undefined) throw new CodedError('BUSY', 'the server is starting');
      // Before anything is read: what changes while we read is seen the next time.
      seen = fingerprint(places, configPath);
      const next = reread === undefined ? places : rulePlaces(reread(), dataFolder);
      const before = places;
      places = next;
      seen = fingerprint(places, configPath);
      const list = await engine.reload().catch((error: unknown) => {
        places = before;
        throw error;
      });
      onTrouble(undefined);
      return list;
    } catch (error) {
      onTrouble(`the newest rules are not in force: ${(error as Error).message}`);
      throw error;
    }
  }

  /** One at a time. Who asks while one is on its way gets the next one, since the first may have read too early. */
  function reload(): Promise<RuleList> {
    if (running === undefined) {
      running = change().finally(() => {
        running = undefined;
      });
      return running;
    }
    following ??= running.then(
      () => again(),
      () => again(),
    );
    return following;
  }

  function again(): Promise<RuleList> {
    following = undefined;
    return reload();
  }

  async function look(signal: AbortSignal): Promise<void> {
    let changed = '';
    let pause = LOOK;
    for (;;) {
      await wait(pause, undefined, { signal, ref: false });
      const began = performance.now();
      const now = fingerprint(places, configPath);
      pause = Math.min(MOST, Math.max(LOOK, (performance.now() - began) / PART));
      if (now === seen) continue;
      if (now !== changed) {
        // Somebody may still be writing: it has to look the same twice.
        changed = now;
        pause = SETTLE;
      } else await reload().catch(() => undefined);
    }
  }

  return {
    places: () => places,
    watch(hub, signal) {
      engine = hub;
      seen = fingerprint(places, configPath);
      // Ends with the signal, and for no other reason.
      look(signal).catch(() => undefined);
    },
    reload,
    async switchRule(id, to) {
      if (engine === undefined || !engine.rules().items.some((rule) => rule.id === id)) return undefined;
      writeSwitch(places.switches, id, to);
      return (await reload()).items.find((rule) => rule.id === id);
    },
  };
}
