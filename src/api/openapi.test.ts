import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATHS, type RouteName } from '#contract';
import { routeOf } from '#contract/schema';
import { fixtureApi } from './backend.fixture.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: object; readonly schemas: object };
}

const { api } = await fixtureApi();
const reply = await api.inject({ url: '/api/openapi.json', headers: { host: 'localhost' } });
const description = reply.json<Description>();

test('it says which version of OpenAPI it is', () => {
  assert.equal(reply.statusCode, 200);
  assert.match(description.openapi, /^3\.1\./);
});

for (const name of Object.keys(PATHS) as RouteName[]) {
  test(`${name} is described with its parameters, body and reply`, () => {
    const route = routeOf(name);
    const operation = description.paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    assert.ok(operation);
    assert.equal(operation.operationId, name);
    const expected = [...Object.keys(route.params.shape), ...Object.keys(route.query.shape)];
    assert.deepEqual(
      operation.parameters.map((parameter) => parameter.name),
      expected,
    );
    for (const parameter of operation.parameters)
      assert.equal(parameter.in === 'path', parameter.required && parameter.in !== 'query');
    assert.equal(operation.requestBody !== undefined, route.body !== undefined);
    assert.ok(operation.responses[route.status]?.content);
    assert.ok(operation.responses['default']);
  });
}

test('it describes nothing else, and every reference leads somewhere', () => {
  const described = Object.values(description.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  );
  assert.deepEqual(described.toSorted(), Object.keys(PATHS).toSorted());
  for (const [, reference] of JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = (reference ?? '')
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], description);
    assert.ok(target, reference);
  }
});

test('what has a default is not required of the sender', () => {
  const query = description.paths['/api/alerts']?.['get']?.parameters ?? [];
  assert.deepEqual(
    query.filter(({ required }) => required),
    [],
  );
  const limit = query.find(({ name }) => name === 'limit');
  assert.deepEqual(limit?.schema, { default: 100, type: 'integer', minimum: 1, maximum: 500 });
});
