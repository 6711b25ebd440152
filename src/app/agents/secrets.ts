/** Keys and tokens: 256 random bits. What is kept is their SHA-256, which is no help to whoever reads it. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EnrollToken } from '#contract';

export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Names a key in lists; it says nothing of it. */
export const newKeyId = (): string => randomBytes(6).toString('hex');

export const digestOf = (secret: string): string => hash('sha256', secret, 'hex');

/** Takes the same time wherever the two differ. */
export const isSame = (digest: string, other: string): boolean =>
  digest.length === other.length && timingSafeEqual(Buffer.from(digest), Buffer.from(other));

/** One word, to be carried by hand from one screen to another. */
export const tokenText = (token: EnrollToken): string =>
  `pla1.${Buffer.from(JSON.stringify(token)).toString('base64url')}`;
