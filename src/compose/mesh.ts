/** The one file that knows Mesh: an OpenAPI file goes in, an annotated GraphQL document comes out. */
import OpenAPIHandler from '@graphql-mesh/openapi';
import { InMemoryStoreStorageAdapter, MeshStore, PredefinedProxyOptions } from '@graphql-mesh/store';
import type { Logger, YamlConfig } from '@graphql-mesh/types';
import type { DocumentNode } from 'graphql';
import type { SourcePlan } from './pass.ts';

/** Reads the file only; nothing is fetched, nothing written, no environment read. */
export async function compileWithMesh(
  dir: string,
  plan: SourcePlan,
  handler: YamlConfig.OpenapiHandler,
): Promise<DocumentNode> {
  const source = new OpenAPIHandler({
    name: plan.vendor,
    config: { ...handler, selectQueryOrMutationField: rootTypes(plan) },
    baseDir: dir,
    // A writable store in memory: without one Mesh wants earlier artefacts in production.
    store: new MeshStore(plan.vendor, new InMemoryStoreStorageAdapter(), { readonly: false, validate: false }),
    logger: SILENT,
    importFn: (name) => import(name),
    // The handler asks for both and uses neither to compile.
    cache: undefined as never,
    pubsub: undefined as never,
  });
  const schema = await source.getNonExecutableSchema({ interpolatedSource: handler.source });
  return PredefinedProxyOptions.GraphQLSchemaWithDiffing.toJSON(schema, plan.vendor) as unknown as DocumentNode;
}

/** A POST that only reads is a query: `kind` in vendor.yaml. */
function rootTypes({ config }: SourcePlan): YamlConfig.SelectQueryOrMutationFieldConfig[] {
  return Object.entries(config.operations).flatMap(([fieldName, { kind }]) =>
    kind === undefined ? [] : [{ fieldName, type: kind }],
  );
}

const SILENT: Logger = {
  log: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};
