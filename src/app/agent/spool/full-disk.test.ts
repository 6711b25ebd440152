/** A disk of 2 MB that is full to the last block, with a log that was rotated hundreds of times: what must be told takes room too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RawRecord } from '#contract';
import { inspectSpool } from './inspect.ts';
import { openSpool, type SpoolOptions } from './spool.ts';

const never = new AbortController().signal;
const tag = { id: 'file:/a', agent: 'local', host: 'nas' } as const;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Taken by another file, bytes; characters that one place needs; and whether the server takes one line at a time while it is full. */
const CASES: readonly (readonly [what: string, file: string, filler: number, detail: number, isTrickling: boolean])[] =
  [
    ['the reserve grew in time', 'filler', 0, 400, false],
    ['the disk was full whenever the reserve should have grown', 'filler', 1_200_000, 900, false],
    ['what is taken is noted again and again', 'filler', 0, 400, true],
    ['damaged bytes lie there', 'spool/quarantine/filler.bin', 1_700_000, 400, true],
  ];

/** The only line of one of the log's many incarnations. */
const line = (n: number, detail: number): RawRecord => ({
  source: tag,
  received: 1,
  text: `line ${n} ${'x'.repeat(1000)}`,
  position: { stream: { key: `file:/a@${n}`, detail: `${n} ${'d'.repeat(detail)}` }, from: 0, to: 1 },
});

for (const [what, file, filler, detail, isTrickling] of CASES)
  test(
    `hundreds of places and no room, ${what}: it goes on once all was taken, over a restart too`,
    {
      timeout: 300_000,
    },
    async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'porchlight-full-disk-'));
      t.after(() => {
        spawnSync('umount', ['-l', folder]);
        rmSync(folder, { recursive: true, force: true });
      });
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'porchlight', folder]).status !== 0) {
        t.diagnostic('This user may not mount; the limit of the spool is tested in full.test.ts.');
        return;
      }
      const troubles: (string | undefined)[] = [];
      const options: SpoolOptions = {
        folder: join(folder, 'spool'),
        hostName: 'nas',
        maxBytes: 1e9,
        maxAge: 1e12,
        whenFull: 'wait',
        pace: 0,
        now: () => 1000,
        onTrouble: (reason) => void troubles.push(reason),
        onDamage: () => undefined,
      };
      let spool = await openSpool(options);
      writeFileSync(join(folder, file), Buffer.alloc(filler));
      let put = 0;
      const fill = async (): Promise<void> => {
        const stopping = new AbortController();
        troubles.length = 0;
        const producer = (async () => {
          for (; ; put++) await spool.put([line(put, detail)], stopping.signal);
        })().catch(() => undefined);
        while (!troubles.some((reason) => reason?.includes('ENOSPC'))) await pause(5);
        stopping.abort();
        await producer;
      };
      for (const again of [false, true]) {
        await fill();
        if (again) {
          // What was put and never written is the source's to read again.
          await spool.close();
          spool = await openSpool(options);
        }
        for (let taken = 0; isTrickling && taken < 300; taken++) {
          spool.ack(spool.state.ack + 1, new Map());
          await pause(1);
        }
        // A server that takes everything as soon as it was read; where nothing new comes, nobody reads.
        const landed = spool.state.next;
        const reader = spool.reader();
        reader.seek(spool.state.ack);
        let read = spool.state.ack;
        const taking = setInterval(() => {
          for (let frame; read < spool.state.next && (frame = reader.next()) !== undefined;)
            read = frame.first + frame.count;
          spool.ack(read, new Map());
        }, 5);
        for (let more = 0; more < 500; more++) await spool.put([line(++put, detail)], never);
        await spool.settled();
        clearInterval(taking);
        reader.close();
        assert.ok(spool.state.next >= landed + 500, `${spool.state.next - landed} records`);
      }
      const { next } = spool.state;
      const last = spool.marks('file:/a@').at(-1);
      await spool.close();
      spool = await openSpool(options);
      assert.equal(spool.state.next, next);
      assert.deepEqual(
        spool.marks('file:/a@').find(({ key }) => key === last?.key),
        last,
      );
      assert.equal(inspectSpool(options.folder).quarantined, file === 'filler' ? 0 : 1);
      await spool.close();
    },
  );
