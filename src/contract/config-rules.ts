/** Settings of what is known beforehand, and of detection rules. */
import { z } from 'zod';
import { LEVELS } from './level.ts';
import { RULE_STATUSES } from './rule-status.ts';

export const enrichSchema = z.strictObject({
  geoip: z
    .array(z.string())
    .default([])
    .describe('MaxMind DB files (.mmdb) of countries, cities or networks. Nothing is fetched: renew them yourself.'),
  devices: z
    .record(z.string(), z.string().min(1).max(100))
    .default({})
    .describe('Names of your own devices by address: 192.168.1.10: nas.'),
  scanners: z
    .array(z.string())
    .default([])
    .describe('Files of known scanners, an address or CIDR range a line. Private and own addresses are never marked.'),
});

const ruleSelector = z.string().regex(/^(?:tag|file|set|id):\s*\S|^[^\s:]+$/, {
  error: 'a rule’s id, or tag:attack.t1059, file:windows/*, set:NAME',
});
const placeholderValues = z.union([z.string(), z.number()]).transform(String);

export const rulesSchema = z.strictObject({
  folders: z.array(z.string()).default([]).describe('Folders of Sigma rules, besides our own pack and installed sets.'),
  disable: z
    .array(ruleSelector)
    .default([])
    .describe('Rules that do not run: by id, tag:attack.t1059, file:windows/* or set:NAME.'),
  levels: z
    .record(ruleSelector, z.enum(LEVELS))
    .default({})
    .describe(
      'Levels in place of what rules say, by the same words: tag:attack.t1059: low. An id goes before the others.',
    ),
  placeholders: z
    .record(z.string().regex(/^[^%\s]+$/, 'a name without % or spaces'), z.array(placeholderValues))
    .default({})
    .describe('What %name% stands for in rules that say expand: admins: [root, anna].'),
  alerts: z
    .strictObject({
      level: z
        .enum(LEVELS)
        .default('medium')
        .describe('Rules of others raise alerts from this level. What is below is only noted on the event.'),
      status: z
        .enum(RULE_STATUSES)
        .default('test')
        .describe('And from this maturity: stable is the highest. A rule that says nothing counts as test.'),
    })
    .prefault({}),
});
