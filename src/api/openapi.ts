/** `/api/openapi.json` (OpenAPI 3.1), made from the route table. */
import { z } from 'zod';
import { ERRORS, PATHS, type RouteName } from '#contract';
import { routeOf, ruleProblemSchema } from '#contract/schema';

type Schema = Record<string, unknown>;

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function parameters(schema: z.ZodObject, place: 'path' | 'query'): Schema[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

const CONTENT_TYPES: Partial<Record<RouteName, string>> = {
  stream: 'text/event-stream',
  metrics: 'text/plain',
  backtestRule: 'application/x-ndjson',
};

function operation(name: RouteName): Schema {
  const route = routeOf(name);
  const body =
    route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } },
        };
  return {
    operationId: name,
    summary: route.summary,
    description: route.access === 'public' ? 'Needs no key.' : `Needs the role ${route.access}, or admin.`,
    security: route.access === 'public' ? [] : [{}, { key: [] }],
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...body,
    responses: {
      [route.status]: {
        description: 'As asked.',
        content: { [CONTENT_TYPES[name] ?? 'application/json']: { schema: jsonSchema(route.response, 'output') } },
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

const problem: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'next'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is particular to this case.' },
    code: { enum: Object.entries(ERRORS).flatMap(([code, { status }]) => (status === 0 ? [] : [code])) },
    next: { type: 'string', description: 'What to do about it.' },
    problems: {
      type: 'array',
      items: jsonSchema(ruleProblemSchema, 'output'),
      description: 'Of a rule that was refused: each with its place.',
    },
  },
};

export function describeRoutes(version: string): object {
  const paths: Record<string, Schema> = {};
  for (const name of Object.keys(PATHS) as RouteName[]) {
    const { method, path } = PATHS[name];
    const template = path.replace(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation(name) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Porchlight', version, description: 'From this machine no key is needed.' },
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problem },
      responses: {
        Problem: {
          description: 'Refused (RFC 9457).',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}
