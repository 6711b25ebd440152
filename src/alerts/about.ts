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
