/** Apollo Server as its documentation sets it up: the standalone server, hand-written resolvers, a DataLoader for each request. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createLoaders, resolvers, typeDefs } from '../../joins/hand-written.ts';

const server = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async () => createLoaders(),
});
process.stdout.write(`ready ${url.replace(/\/$/, '')}\n`);
process.once('SIGTERM', () => process.exit());
