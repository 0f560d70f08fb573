import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

interface Operation {
  readonly summary: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly required: readonly string[] } }> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly info: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

describe('the API document', () => {
  let stage: Stage;
  let document: Document;
  beforeAll(async () => {
    stage = await openStage();
    document = (await (await stage.get('/api/v1/openapi.json')).json()) as Document;
  });
  afterAll(() => stage.stop());

  test('is OpenAPI 3.1 with title and version', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info).toEqual({ title: 'ClearBay', version: '0.1.0' });
  });

  test('describes parameters as they are checked', () => {
    const parameters = document.paths['/api/v1/stations/{id}/series']?.get?.parameters ?? [];
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['id', true],
      ['metric', true],
      ['from', false],
      ['to', false],
      ['maxPoints', false],
      ['resolution', false],
    ]);
    expect(parameters.find(({ name }) => name === 'maxPoints')?.schema).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 2000,
    });
    expect(parameters.find(({ name }) => name === 'resolution')?.schema).toMatchObject({ enum: ['raw', 'hour', 'day'] });
  });

  test('describes bodies and every problem of a route', () => {
    const signIn = document.paths['/api/v1/session']?.post;
    expect(signIn?.requestBody?.content['application/json']?.schema.required).toEqual(['user', 'password']);
    expect(Object.keys(signIn?.responses ?? {}).sort()).toEqual(['200', '400', '401', '403', '413', '415', '429', '500']);
  });

  test('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(references.length).toBeGreaterThan(20);
    const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect(references.filter((target) => !known.has(target))).toEqual([]);
  });

  test('says of every route what it is for and what it answers', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { summary, responses }] of Object.entries(methods)) {
        expect(summary.length, `${method} ${path}`).toBeGreaterThan(10);
        expect(
          Object.keys(responses).some((status) => status.startsWith('2')),
          `${method} ${path}`,
        ).toBe(true);
      }
    }
  });
});
