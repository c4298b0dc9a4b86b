/** Reads a vendor's answer as what the root field promises, or says what is wrong with it. */
import type { VendorConfig } from '../config/vendor.ts';
import type { VendorAnswer } from '../vendors/call-scope.ts';
import { readJson } from './json.ts';
import { isObject, readJsonPath } from './json-path.ts';
import type { AnswerShape, RestOperation } from './operation.ts';
import { notePartialFaults } from './partial-faults.ts';
import { badResponse, envelopeFault, statusFault } from './vendor-fault.ts';

/** What an answer without content stands for. */
const EMPTY = Symbol('empty');
const NO_BYTES = Buffer.alloc(0);

/** The field's value; null for a read of something that does not exist. Throws GatewayError. */
export function readAnswer(operation: RestOperation, vendor: VendorConfig, answer: VendorAnswer): unknown {
  const content = readContent(operation, vendor, answer);
  if (content === null) return null;
  if (content === EMPTY) return operation.shape === 'boolean' ? true : null;
  const value = readJsonPath(content, operation.result);
  if (value === undefined) throw badResponse(operation, vendor, `nothing at "${operation.result.join('.')}"`);
  if (operation.shape === 'boolean') return typeof value === 'boolean' ? value : true;
  const problem = value === null ? undefined : SHAPE_PROBLEMS[operation.shape]?.(value);
  if (problem !== undefined) throw badResponse(operation, vendor, problem);
  notePartialFaults(value, content, operation, vendor, answer);
  return value;
}

/** The rows of a page and the answer around them; null where the list's owner does not exist. */
export function readPageAnswer(
  operation: RestOperation,
  vendor: VendorConfig,
  answer: VendorAnswer,
): { rows: readonly unknown[]; content: unknown } | null {
  const content = readContent(operation, vendor, answer);
  if (content === null) return null;
  const rows = content === EMPTY ? [] : readJsonPath(content, operation.paging?.items ?? []);
  if (rows === null) return { rows: [], content };
  if (!Array.isArray(rows)) throw badResponse(operation, vendor, 'something that is no list');
  return { rows, content };
}

function readContent(operation: RestOperation, vendor: VendorConfig, answer: VendorAnswer): unknown {
  if (answer.status < 200 || answer.status > 299)
    return absentOrThrow(operation, statusFault(operation, vendor, answer));
  if (answer.content !== undefined) return answer.content;
  if (answer.body.length === 0) return EMPTY;
  if (operation.shape === 'void') return EMPTY;
  if (operation.shape === 'binary') return answer.body;
  const content = operation.shape === 'text' ? readText(operation, vendor, answer) : parse(operation, vendor, answer);
  const failure = envelopeFault(operation, vendor, answer, content);
  if (failure !== undefined) return absentOrThrow(operation, failure);
  answer.content = content;
  answer.body = NO_BYTES;
  return content;
}

function absentOrThrow(operation: RestOperation, failure: { code: string }): null {
  if (failure.code === 'NOT_FOUND' && operation.access === 'read') return null;
  throw failure;
}

/** A scalar comes as JSON or, by its content type, as plain text. */
function readText(operation: RestOperation, vendor: VendorConfig, answer: VendorAnswer): unknown {
  const type = answer.headers['content-type'] ?? '';
  if (/\bjson\b/i.test(type)) return parse(operation, vendor, answer);
  if (/\bhtml\b/i.test(type)) throw badResponse(operation, vendor, 'a web page');
  return answer.body.toString();
}

function parse(operation: RestOperation, vendor: VendorConfig, answer: VendorAnswer): unknown {
  try {
    return readJson(answer.body.toString().replace(/^\uFEFF/, ''));
  } catch (error) {
    const problem = error instanceof RangeError ? 'JSON nested too deeply' : 'something that is no JSON';
    // The parser's message quotes the body.
    throw badResponse(
      operation,
      vendor,
      problem,
      new Error(`${answer.body.length} bytes of ${answer.headers['content-type']}`),
    );
  }
}

const SHAPE_PROBLEMS: Readonly<Partial<Record<AnswerShape, (value: unknown) => string | undefined>>> = {
  object: (value) => {
    if (Array.isArray(value)) return 'a list where one object was expected';
    return isObject(value) ? undefined : 'a plain value where an object was expected';
  },
  list: (value) => (Array.isArray(value) ? undefined : 'one object where a list was expected'),
};
