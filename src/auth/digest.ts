/** Credentials are compared as SHA-256 digests, so that the time it takes tells nothing about them. */
import { hash } from 'node:crypto';

export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
