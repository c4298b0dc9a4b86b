import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take graphql's ES build for our files while Node gives packages the CommonJS one: two `GraphQLError`s.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Vitest would leave one core idle, of two. Much of what tests wait for is other processes and disks.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
