/** Hive Gateway in the joins benchmark: the same two descriptions as subgraphs, and the same batched join. */
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

const endpoint = process.env.UPSTREAM;
const source = (vendor) => `../../../joins/graph/sources/${vendor}/openapi.yaml`;

export const composeConfig = defineConfig({
  subgraphs: ['helpdesk', 'billing'].map((vendor) => ({
    sourceHandler: loadOpenAPISubgraph(vendor, { source: source(vendor), endpoint, ignoreErrorResponses: true }),
  })),
  additionalTypeDefs: /* GraphQL */ `
    extend type Ticket {
      customer: Customer
        @resolveTo(
          sourceName: "billing"
          sourceTypeName: "Query"
          sourceFieldName: "customers"
          requiredSelectionSet: "{ customer_id }"
          keyField: "customer_id"
          keysArg: "ids"
          valueKeyField: "id"
        )
    }
  `,
});
