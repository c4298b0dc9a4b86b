import { runLeakSoak } from './access/random/leak-run.ts';
const t = performance.now();
const leaks = await runLeakSoak({ queries: 100_000, seed: 2_000_001, print: console.log });
console.log(leaks.length, Math.round((performance.now() - t) / 1000), 's', Math.round(process.memoryUsage().rss / 1e6), 'MB');
