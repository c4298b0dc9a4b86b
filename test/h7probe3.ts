import { findLeaks, startLeakRun } from './access/random/leak-run.ts';
await using run = await startLeakRun();
const t = performance.now();
const [n, seed] = process.argv.slice(2).map(Number);
const count = await findLeaks(run, { queries: n!, seed: seed!, goesOn: true });
console.log(count.leaks.map(l=>l.slice(0,1200)).slice(0,+(process.argv[4]??6)).join('\n\n'));
console.log({ ...count, leaks: count.leaks.length, ms: performance.now() - t });
