/** Refuses everything at once: what a burst costs the machine when the gateway has nothing to do with it. */
import { createServer } from 'node:http';
import { serve } from './serve.ts';

serve(
  createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(429, { 'content-length': 0 }).end());
  }),
);
