/** Undoes a body's compression, within bounds: a small answer must not unfold into a large one. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** Bytes of an answer, after decompression. */
export const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** What we ask for; vendors answer plainly when they know neither. */
export const ACCEPT_ENCODING = 'gzip, br';

const DECODERS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
};

/** Rejects when the encoding is unknown, the bytes are broken or there are too many of them. */
export async function decodeBody(body: Buffer, encoding: string): Promise<Buffer> {
  const decoder = DECODERS[encoding.trim().toLowerCase()];
  if (decoder === undefined) throw new Error(`unknown content-encoding ${JSON.stringify(encoding.slice(0, 40))}`);
  return await decoder(body, { maxOutputLength: MAX_ANSWER_BYTES });
}
