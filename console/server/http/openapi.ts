import { z } from 'zod';
import { views } from '../views/registry.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';
import type { Route } from './route.ts';

export const API_ROOT = '/api/v1';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
}

const GENERAL: readonly ProblemCode[] = ['rate.limited', 'internal'];
const GUARDED: readonly ProblemCode[] = ['sign-in.required', 'token.invalid', 'role.missing'];

const reference = (id: string) => ({ $ref: `#/components/schemas/${id}` });

function schemaOf(schema: z.ZodType): unknown {
  const id = views.get(schema)?.id;
  return id === undefined ? z.toJSONSchema(schema, { io: 'input' }) : reference(id);
}

function parametersOf(route: Route): unknown[] {
  const entries = (place: 'path' | 'query', shape: Route['query']) =>
    Object.entries(shape.shape).map(([name, field]) => {
      const { $schema, description, ...schema } = z.toJSONSchema(field as z.ZodType, { io: 'input' });
      const optional = place === 'query' && (field as z.ZodType).safeParse(undefined).success;
      return { name, in: place, required: !optional, ...(description === undefined ? {} : { description }), schema };
    });
  return [...entries('path', route.params), ...entries('query', route.query)];
}

function problemsOf(route: Route): Record<string, unknown> {
  const takesInput =
    Object.keys(route.params.shape).length + Object.keys(route.query.shape).length > 0 || route.body !== undefined;
  const codes: ProblemCode[] = [...GENERAL, ...(route.access === 'open' ? [] : GUARDED), ...(route.problems ?? [])];
  if (takesInput) codes.push('input.invalid');
  if (route.method !== 'get') codes.push('origin.foreign');
  if (route.body !== undefined || route.streams !== undefined) codes.push('body.syntax', 'body.too-large', 'body.type');
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.map((code) => `${code}: ${PROBLEMS[code][1]}`).join('. '),
        content: { 'application/problem+json': { schema: reference('Problem') } },
      },
    ]),
  );
}

function answerOf({ answer, summary }: Route): Record<string, unknown> {
  if (answer.status === 204) return { 204: { description: summary } };
  const content = 'schema' in answer ? { 'application/json': { schema: schemaOf(answer.schema) } } : { [answer.contentType]: {} };
  return { [answer.status]: { description: summary, content } };
}

function requestBodyOf(route: Route): Record<string, unknown> {
  if (route.streams !== undefined) {
    return { requestBody: { required: true, content: Object.fromEntries(route.streams.map((type) => [type, {}])) } };
  }
  if (route.body === undefined) return {};
  const { $schema, ...schema } = z.toJSONSchema(route.body, { io: 'input' });
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

function operationOf(route: Route): Record<string, unknown> {
  return {
    summary: route.summary,
    ...(route.access === 'open' ? { security: [] } : { 'x-roles': route.access }),
    parameters: parametersOf(route),
    ...requestBodyOf(route),
    responses: { ...answerOf(route), ...problemsOf(route) },
  };
}

/** OpenAPI 3.1 document of the routes, made from the schemas that check and describe them. */
export function openApiDocument(routes: readonly Route[], info: ApiInfo): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = API_ROOT + route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  const { schemas } = z.toJSONSchema(views, { uri: (id) => `#/components/schemas/${id}` });
  const components = Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]));
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'clearbay_session_{port}' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
    security: [{ session: [] }, { bearer: [] }],
  };
}
