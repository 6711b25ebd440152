/** Files that were read and closed: neither they nor copies of them are anything new. */
import { type Fingerprint, HEAD, type KnownMark } from './identity.ts';
import type { Incarnation } from './incarnation.ts';
import { type Sibling, startsLike } from './siblings.ts';

/** So many are remembered. */
const MOST = 256;

interface Known extends Fingerprint {
  readonly identity: string;
}

export interface Met {
  has(sibling: Sibling): boolean;
  remember(file: Pick<Incarnation, 'identity' | 'fingerprint'>): void;
}

/** What was read of a file before it was copied: all of it, or more than its head tells. */
export const isCopy = (sibling: Sibling, { length, hash }: Fingerprint): boolean =>
  (length === HEAD || sibling.head.length === length) && startsLike(sibling, { length, hash });

export function metBefore(marks: readonly KnownMark[]): Met {
  const known: Known[] = marks
    .filter(({ mark }) => mark > 0)
    .map(({ detail }) => ({
      identity: `${detail.device}:${detail.inode}`,
      length: detail.headLength,
      hash: detail.headHash,
    }));
  return {
    has: (sibling) =>
      known.some((one) =>
        one.identity === sibling.identity ? one.length > 0 && startsLike(sibling, one) : isCopy(sibling, one),
      ),
    remember({ identity, fingerprint }) {
      if (fingerprint === undefined || known.some(({ hash }) => hash === fingerprint.hash)) return;
      known.push({ identity, ...fingerprint });
      if (known.length > MOST) known.shift();
    },
  };
}
