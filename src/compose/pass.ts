/** One step from what Mesh makes of an OpenAPI file to what our graph says. `transform.ts` lists the steps. */
import type { DocumentNode } from 'graphql';
import type { VendorConfig } from '../config/vendor.ts';
import type { YamlFile } from '../config/yaml-file.ts';
import type { OpenapiFile, OpenapiOperation } from './openapi-file.ts';

export interface SourcePlan {
  vendor: string;
  config: VendorConfig;
  /** For messages that name a line of it. */
  vendorYaml: YamlFile;
  openapi: OpenapiFile;
  /** By operationId, which is the root field's name until the last step prefixes it. */
  operations: ReadonlyMap<string, OpenapiOperation>;
}

/** Gives a new document; never changes the one it is given. */
export type Pass = (document: DocumentNode, plan: SourcePlan) => DocumentNode;
