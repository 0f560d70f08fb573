import { z } from 'zod';

/** Named schemas of the API document; what a route answers with is one of them. */
export const views = z.registry<{ id: string }>();

/** Names a schema in the API document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  views.add(schema, { id });
  return schema;
}
