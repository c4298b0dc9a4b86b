/** What a request or an answer carries, by media type. */
import { type Content, type OpenApiDocument, resolve, type Schema } from './openapi-document.ts';

export interface Carried {
  mediaType: string;
  schema: Schema;
}

/** JSON where there is a choice; undefined for an empty body. */
export function carriedBy(document: OpenApiDocument, content: Content | undefined): Carried | undefined {
  const entries = Object.entries((content && resolve(document, content).content) ?? {});
  const [mediaType, media] = entries.find(([type]) => isJson(type)) ?? entries[0] ?? [];
  return mediaType === undefined || media === undefined
    ? undefined
    : { mediaType: bare(mediaType), schema: media.schema ?? {} };
}

export function mediaTypes(document: OpenApiDocument, content: Content | undefined): string[] {
  return Object.keys((content && resolve(document, content).content) ?? {}).map(bare);
}

function isJson(mediaType: string): boolean {
  return /^application\/(.*\+)?json$/.test(bare(mediaType));
}

/** `application/json` of `application/json; charset=utf-8`. */
function bare(mediaType: string): string {
  return mediaType.split(';')[0]?.trim().toLowerCase() ?? mediaType;
}
