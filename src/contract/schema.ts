/**
 * The schemas' door, `#contract/schema`: for the edges, where something from outside is checked. Apart from the other door, so that
 * the threads in between never load zod: 15 MB and 40 ms each.
 */
export { alertSchema } from './alert.schema.ts';
export { configSchema, emailSchema, monitorSchema, telegramSchema } from './config.ts';
export { recordSchema } from './record.schema.ts';
export { routeOf, routes } from './routes.ts';
export { ruleProblemSchema } from './rule.schema.ts';
