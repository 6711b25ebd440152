/**
 * Kills again and again, and after each kill holds everything against what must be there. Three deeds take turns:
 *
 *   store      a process commits, seals, throws days away and shrinks its file, until it is killed
 *   backup     beside such a process another makes a backup and is killed: what it left is no backup, or a whole one
 *   restore    a process puts a backup in the place of the store and is killed: there is the old store, or the new one
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '#contract';
import { endRestore } from '#app/backup/ended';
import { restoreBackup } from '#app/backup/restore';
import { type Account, account } from './account.ts';
import { chance } from './content.ts';
import { blowOf, type Blow, type Deed, victim, type Victim } from './victim.ts';

const COMMITTER = join(import.meta.dirname, 'committer.ts');
const COPIER = join(import.meta.dirname, 'copier.ts');
const TURNS: readonly Deed[] = ['store', 'backup', 'restore', 'store', 'restore', 'backup', 'store', 'restore'];

export interface Tally {
  readonly kills: Record<Deed, number>;
  readonly byCall: number;
  readonly committed: number;
  readonly stored: number;
  readonly sealings: number;
  readonly thrown: number;
  readonly outlived: number;
  readonly backups: { readonly whole: number; readonly none: number };
  readonly restores: { readonly old: number; readonly new: number };
  readonly text: string;
}

export interface Rounds {
  readonly seed: number;
  readonly kills: number;
  /** An empty one. */
  readonly home: string;
  readonly say: (line: string) => void;
}

interface World {
  readonly seed: number;
  readonly home: string;
  readonly data: string;
  readonly file: string;
  readonly target: string;
  readonly environment: NodeJS.ProcessEnv;
  /** As of the last look. */
  found: Account;
  /** The last batch that was acknowledged. */
  acked: number;
  /** Days whose going was told of. */
  threw: Set<string>;
  backup: { readonly path: string; readonly found: Account } | undefined;
  readonly kills: Record<Deed, number>;
  byCall: number;
  readonly backups: { whole: number; none: number };
  readonly restores: { old: number; new: number };
  /** Of stores that were replaced by a backup. */
  readonly before: { committed: number; sealings: number; thrown: number; outlived: number };
}

const NOTHING: Account = { batches: 0, committed: 0, stored: 0, thrown: [], sealings: 0, outlived: 0 };
/** Rounds in which nobody was killed, because it was done first. */
const MOST_IDLE = 100;

export async function storeKills({ seed, kills, home, say }: Rounds): Promise<Tally> {
  const data = join(home, 'data');
  const world: World = {
    seed,
    home,
    data,
    file: join(data, 'porchlight.db'),
    target: join(home, 'backup'),
    // What the programs are compiled to is kept between their many starts.
    environment: { ...process.env, NODE_COMPILE_CACHE: join(home, 'compiled') },
    found: NOTHING,
    acked: 0,
    threw: new Set(),
    backup: undefined,
    byCall: 0,
    kills: { store: 0, backup: 0, restore: 0 },
    backups: { whole: 0, none: 0 },
    restores: { old: 0, new: 0 },
    before: { committed: 0, sealings: 0, thrown: 0, outlived: 0 },
  };
  await rehearse(world);
  const all = (): number => Object.values(world.kills).reduce((sum, one) => sum + one, 0);
  for (let round = 1; all() < kills; round++) {
    assert.ok(round < kills * 2 + MOST_IDLE, 'the kills came too late');
    const deed = TURNS[(round - 1) % TURNS.length] ?? 'store';
    const blow = blowOf(deed, seed, round);
    try {
      await DEEDS[deed](world, blow, round);
    } catch (error) {
      throw new Error(`round ${round}, ${deed}, ${JSON.stringify(blow)}, seed ${seed}`, { cause: error });
    }
    say(`${all()} kills · ${deed} by ${blow.by} · ${world.found.batches} batches, ${world.found.stored} events stored`);
  }
  return tallyOf(world);
}

type Play = (world: World, blow: Blow, round: number) => Promise<void>;

const DEEDS: Readonly<Record<Deed, Play>> = {
  async store(world, blow, round) {
    if (round === 1) return begin(world);
    const process = victim([COMMITTER, world.file, String(world.seed)], blow, world.environment);
    await process.begun;
    const stop = setTimeout(() => process.kill(), 500 + chance(500, world.seed, round, 'at last'));
    count(world, 'store', blow, await process.ended);
    clearTimeout(stop);
    await look(world, process);
  },

  async backup(world, blow) {
    const committer = victim([COMMITTER, world.file, String(world.seed)], { by: 'nobody' }, world.environment);
    await committer.begun;
    const copier = victim([COPIER, 'backup', world.data, world.target], blow, world.environment);
    await copier.begun;
    const known = lastAcked(committer) ?? world.acked;
    const killed = await copier.ended;
    count(world, 'backup', blow, killed);
    // It goes on after the backup was killed.
    committer.kill();
    count(world, 'store', { by: 'clock', from: 'work', after: 0 }, await committer.ended);
    await look(world, committer);
    await judgeBackup(world, copier, known);
  },

  async restore(world, blow, round) {
    if (world.backup === undefined) await DEEDS.backup(world, { by: 'nobody' }, round);
    const { backup, found: before } = world;
    assert.ok(backup !== undefined);
    const restorer = victim([COPIER, 'restore', backup.path, world.data], blow, world.environment);
    count(world, 'restore', blow, await restorer.ended);
    await endRestore(world.data);
    assert.deepEqual(
      readdirSync(world.data).filter((name) => name.startsWith('restore.')),
      [],
    );
    const asides = readdirSync(world.data).filter((name) => name.startsWith('before-'));
    assert.ok(asides.length === 1 || !restorer.lines.includes('done'), 'it said that it was done');
    if (asides.length === 0) {
      world.restores.old++;
      await look(world, restorer);
      assert.deepEqual(world.found, before, 'the old store');
      return;
    }
    world.restores.new++;
    assert.equal(asides.length, 1);
    const aside = join(world.data, asides[0] ?? '');
    assert.deepEqual(await account(join(aside, 'porchlight.db'), world.seed), before, 'the old store, put aside');
    rmSync(aside, { recursive: true });
    for (const what of ['committed', 'sealings', 'outlived'] as const)
      world.before[what] += Math.max(0, before[what] - backup.found[what]);
    world.before.thrown += Math.max(0, before.thrown.length - backup.found.thrown.length);
    Object.assign(world, { acked: 0, threw: new Set(), found: NOTHING });
    await look(world, restorer);
    assert.deepEqual(world.found, backup.found, 'the store that was backed up');
  },
};

/** Everything once, without a kill, elsewhere: what a program was compiled to is kept at its end only. */
async function rehearse({ home, seed, environment }: World): Promise<void> {
  const [data, backup, again] = ['rehearsal', 'rehearsed', 'again'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  const programs = [
    [COMMITTER, join(data, 'porchlight.db'), String(seed), '1'],
    [COPIER, 'backup', data, backup],
    [COPIER, 'restore', backup, again],
  ];
  for (const program of programs) assert.equal(await victim(program, { by: 'nobody' }, environment).ended, false);
  for (const folder of [data, backup, again]) rmSync(folder, { recursive: true });
}

/** The first is left alone until it has thrown a day away: so there is something to lose, however slow the machine. */
async function begin(world: World): Promise<void> {
  const process = victim([COMMITTER, world.file, String(world.seed)], { by: 'nobody' }, world.environment);
  await process.said('threw');
  process.kill();
  count(world, 'store', { by: 'clock', from: 'work', after: 0 }, await process.ended);
  await look(world, process);
}

function count(world: World, deed: Deed, blow: Blow, killed: boolean): void {
  if (!killed) return;
  world.kills[deed]++;
  if (blow.by === 'call') world.byCall++;
}

function lastAcked({ lines }: Victim): number | undefined {
  const line = lines.findLast((text) => text.startsWith('ack '));
  return line === undefined ? undefined : Number(line.slice(4));
}

/** Opens the store, as the next start does, and holds it against all that was said. */
async function look(world: World, { lines }: Victim): Promise<void> {
  for (const line of lines) {
    const [word, what = ''] = line.split(' ');
    if (word === 'threw') world.threw.add(what);
    if (word !== 'ack') continue;
    assert.ok(Number(what) > world.acked, `batch ${what} was acknowledged after ${world.acked}`);
    world.acked = Number(what);
  }
  const found = await account(world.file, world.seed);
  assert.ok(
    found.batches >= world.acked,
    `batch ${world.acked} was acknowledged, the store ends with ${found.batches}`,
  );
  assert.ok(found.batches >= world.found.batches, `the store ended with ${world.found.batches} and now earlier`);
  for (const day of world.threw) assert.ok(found.thrown.includes(day), `${day} came back`);
  world.found = found;
}

/** What is there under the backup's name, and what a kill left beside it. `known`: acknowledged before it began. */
async function judgeBackup(world: World, { lines }: Victim, known: number): Promise<void> {
  const check = join(world.home, 'check');
  if (!existsSync(world.target)) {
    assert.ok(!lines.includes('done'), 'it said that it was done');
    world.backups.none++;
    const left = `${world.target}.partial`;
    // All that lacked may have been its name.
    if (existsSync(left) && (await refused(left, check)) === undefined)
      await account(join(check, 'porchlight.db'), world.seed);
    rmSync(check, { recursive: true, force: true });
    return;
  }
  world.backups.whole++;
  assert.equal(await refused(world.target, check), undefined, 'a backup that cannot be restored');
  const found = await account(join(check, 'porchlight.db'), world.seed);
  assert.ok(found.batches >= known, `batch ${known} was acknowledged before, the backup ends with ${found.batches}`);
  rmSync(check, { recursive: true });
  const path = join(world.home, 'backups', String(world.backups.whole));
  mkdirSync(join(path, '..'), { recursive: true });
  if (world.backup !== undefined) rmSync(world.backup.path, { recursive: true });
  renameSync(world.target, path);
  world.backup = { path, found };
}

/** Why it is not restored. */
async function refused(backup: string, folder: string): Promise<string | undefined> {
  try {
    const rest = { replace: false, now: Date.now(), signal: new AbortController().signal, say: () => undefined };
    await restoreBackup({ backup, folder, ...rest });
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

function tallyOf({ kills, byCall, found, before, backups, restores, seed }: World): Tally {
  const tally = {
    kills,
    byCall,
    backups,
    restores,
    committed: found.committed + before.committed,
    stored: found.stored,
    sealings: found.sealings + before.sealings,
    thrown: found.thrown.length + before.thrown,
    outlived: found.outlived + before.outlived,
  };
  const parts = [
    `kills ${kills.store + kills.backup + kills.restore}: store ${kills.store}, backup ${kills.backup}, restore ${kills.restore}; ${byCall} of them at a system call`,
    `events committed ${tally.committed} · sealings ${tally.sealings} · days thrown away ${tally.thrown} · evidence that outlived its day ${tally.outlived}`,
    `backups: whole ${backups.whole}, none ${backups.none} · restores: the old store ${restores.old}, the new one ${restores.new} · lost 0 · doubled 0 · seed ${seed}`,
  ];
  return { ...tally, text: parts.join('\n') };
}
