import { runLeakSoak } from './access/random/leak-run.ts';
const gc = (globalThis as any).gc;
await runLeakSoak({ queries: 20000, seed: 1_000_001, print: (l) => { gc(); const m = process.memoryUsage(); console.log(l.slice(0, 900), Math.round(m.heapUsed / 1e6), Math.round(m.rss / 1e6)); } });
