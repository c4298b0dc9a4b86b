/** As much of an OpenAPI document as a comparison reads; versions 3.0 and 3.1 fit, Swagger 2.0 is brought here first. */

export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  format?: string;
  nullable?: boolean;
  enum?: readonly unknown[];
  const?: unknown;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  /** Slack lists alternatives here, which JSON Schema would call anyOf. */
  items?: Schema | readonly Schema[];
  allOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  additionalProperties?: boolean | Schema;
  maximum?: number;
  default?: unknown;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  style?: string;
  explode?: boolean;
  schema?: Schema;
}

/** A request body, or one answer. */
export interface Content {
  $ref?: string;
  content?: Readonly<Record<string, { schema?: Schema }>>;
}

export interface Operation {
  operationId?: string;
  parameters?: readonly Parameter[];
  requestBody?: Content & { required?: boolean };
  responses?: Readonly<Record<string, Content>>;
}

export type PathItem = { parameters?: readonly Parameter[] } & Readonly<Record<string, Operation>>;

export interface OpenApiDocument {
  servers?: readonly { url: string }[];
  paths: Readonly<Record<string, PathItem>>;
}

/** What a `$ref` stands for; anything else is answered as it is. Throws for a reference that leads nowhere. */
export function resolve<T extends { $ref?: string }>(document: OpenApiDocument, value: T): T {
  let found = value;
  while (found.$ref !== undefined) found = follow<T>(document, found.$ref);
  return found;
}

function follow<T>(document: OpenApiDocument, reference: string): T {
  let found: unknown = document;
  for (const step of reference.replace(/^#\//, '').split('/')) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  if (found === undefined) throw new Error(`${reference} leads nowhere.`);
  // What a reference stands for is of the kind that may stand in its place.
  return found as T;
}
