#!/usr/bin/env node
/**
 * The `vendorgraph` command. Plain JavaScript, so that Node's compile cache is on before Node has met any TypeScript: from the
 * second start on neither the program nor its workers load the type stripper, which takes 13 MB and some of the first second.
 */
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

enableCompileCache();
// Workers and children look for it there. What is in use is the folder of this Node in the one that is named.
const folder = getCompileCacheDir();
if (folder !== undefined) process.env['NODE_COMPILE_CACHE'] = dirname(folder);
await import('../src/main.ts');
