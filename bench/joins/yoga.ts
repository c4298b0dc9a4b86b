/** graphql-yoga as its documentation sets it up. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { createLoaders, type Loaders, resolvers, typeDefs } from './hand-written.ts';
import { serve } from './serve.ts';

const yoga = createYoga<object, Loaders>({
  schema: createSchema<Loaders>({ typeDefs, resolvers }),
  context: createLoaders,
  graphiql: false,
  logging: false,
});

serve(createServer(yoga));
