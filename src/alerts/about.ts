/** What a match is about, and the key under which matches about the same fold together. */
import type { Alert } from '#contract';
import type { Match } from '#detect';
import { cut, known, LENGTHS } from './render.ts';

export interface About {
  readonly entity: string;
  readonly field: string;
  readonly host: string;
}

const text = (match: Match, field: string): string => known(match, field) ?? '';

export function aboutOf(match: Match): About {
  const host = cut(text(match, 'host.name'), LENGTHS.line);
  for (const field of match.rule.entityFields) {
    const entity = text(match, field);
    if (entity !== '') return { entity: cut(entity, LENGTHS.line), field, host };
  }
  return { entity: host, field: host === '' ? '' : 'host.name', host };
}

const standsAlone = (field: string): boolean =>
  field.endsWith('.ip') || field.endsWith('.address') || field === 'host.name';

type KeyParts = Pick<Alert, 'rule' | 'entity' | 'entity_field' | 'host' | 'historic'>;
/** No part can be taken for another: each but the last comes with its length. */
export function keyOf({ rule, entity, entity_field, host, historic }: KeyParts): string {
  const parts = `${rule.id.length}:${rule.id}${entity_field.length}:${entity_field}${entity.length}:${entity}`;
  return `${historic ? 'old' : 'live'}${parts}${standsAlone(entity_field) ? '' : host}`;
}

/** A key, and what its owner found under it. */
export interface KnownKey<T> {
  readonly key: string;
  place: T | undefined;
}

interface Remembered<T> extends KnownKey<T> {
  readonly field: string;
  readonly historic: boolean;
  /** Undefined where the key does not depend on it. */
  readonly host: string | undefined;
}

/** Keys are long, and to put one together and look it up takes longer than all the rest: those of entities seen lately are remembered. */
const MOST_KEYS = 16_384;

export type KeyFinder<T> = (match: Match, about: About, historic: boolean) => KnownKey<T>;

export function keyFinder<T>(most = MOST_KEYS): KeyFinder<T> {
  const byRule = new Map<Match['rule'], Map<string, Remembered<T>>>();
  let count = 0;
  return ({ rule }, { entity, field, host }, historic) => {
    let byEntity = byRule.get(rule);
    const found = byEntity?.get(entity);
    if (found?.field === field && found.historic === historic && (found.host ?? host) === host) return found;
    if (count >= most) {
      byRule.clear();
      byEntity = undefined;
      count = 0;
    }
    if (byEntity === undefined) byRule.set(rule, (byEntity = new Map()));
    const key = keyOf({ rule, entity, entity_field: field, host, historic });
    const made = { field, historic, host: standsAlone(field) ? undefined : host, key, place: undefined };
    byEntity.set(entity, made);
    count++;
    return made;
  };
}
