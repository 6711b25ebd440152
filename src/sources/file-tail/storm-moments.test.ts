/**
 * A storm of rotations at each moment of a look at the folder: the file at the path is gone before it is opened, compressed, and its
 * freed inode is the next file's at the same path. Each line comes once, in the order in which it was written.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FolderNames } from './folder-names.ts';
import { tailShare } from './share.ts';
import { follower } from './test-follower.ts';
import { dice, rotating } from './test-rotating.ts';

/** Looks at the folder for one rotation: the storm comes once behind each of them. */
const MOMENTS = 8;
/** Which file gets the freed inode depends on their number. */
const STORMS = [2, 3, 4, 5, 6];

const cases = Array.from({ length: MOMENTS }, (_, n) => STORMS.map((rotations) => [n + 1, rotations] as const)).flat();

for (const [moment, rotations] of cases)
  test(`${rotations} rotations behind look ${moment} at the folder: each line once, in order`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tail-moment-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'a.log');
    const log = rotating(path, dice(moment));
    const storm = (): void => {
      for (let times = rotations; times > 0; times--) {
        log.write(3);
        log.rotate('gzip');
        log.finish();
      }
      log.write(3);
    };
    let looks = -Infinity;
    const share = tailShare();
    const names: FolderNames = async (place) => {
      const listing = await share.names(place);
      if (++looks === moment) storm();
      return listing;
    };
    const tail = follower({ path, share: { ...share, names } });
    tail.start();
    log.write(3);
    await tail.until(3);
    looks = 0;
    log.rotate('rename');
    log.write(3);
    while (looks < moment) await pause(5);
    log.write(1);
    await tail.until(log.written());
    // What would come late or twice comes with the next look at the folder.
    log.rotate('rename');
    log.write(1);
    await tail.until(log.written());
    await tail.stop();
    const read = tail.texts.map((text) => Number(text.split(' ')[1]));
    assert.deepEqual(
      read,
      Array.from({ length: log.written() }, (_, n) => n + 1),
    );
  });
