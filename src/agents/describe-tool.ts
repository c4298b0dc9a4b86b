/** `graph_describe`: definitions out of the graph as its caller may know it. No vendor is asked. */
import { type GraphQLSchema, isInterfaceType, isIntrospectionType, isObjectType, printType } from 'graphql';
import { suggestionList } from 'graphql/jsutils/suggestionList.js';
import { finishResult } from '../graph/finish.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import { type AgentCaller, type AgentOptions, contextFor } from './agent-call.ts';
import { fieldText, withoutDescriptions } from './definition-text.ts';
import { type ToolAnswer, tokensOf, tooManyTokens } from './tool-answer.ts';
import type { DescribeArguments } from './tool-arguments.ts';
import { TOKENS } from './tool-list.ts';

interface Described {
  /** By type: whole ones, and those with the fields that were asked for. */
  sdl: string[];
  fields: { coordinate: string; scope?: string; sensitivity?: string }[];
  notFound: { coordinate: string; didYouMean: string[] }[];
}

const MOST_NAMES = 5;

/** Without descriptions when it would be too large with them, and an error when it is too large without. */
export function answerDescribe(
  { coordinates }: DescribeArguments,
  caller: AgentCaller,
  options: AgentOptions,
): ToolAnswer {
  const { requestId, principal } = caller;
  const context = contextFor(caller, undefined, options);
  const schema = options.visible.schemaFor(principal.scopes);
  const found: Described = { sdl: [], fields: [], notFound: [] };
  for (const coordinate of new Set(coordinates)) describe(coordinate, schema, options.graph.rules, found);
  finishResult(options, { data: {} }, { requestId, context });
  const { sdl: texts, ...rest } = found;
  const whole = texts.join('\n\n');
  const meta = { auditId: requestId };
  const output = { sdl: whole, ...rest, meta };
  if (tokensOf(JSON.stringify(output)) <= TOKENS.default) return { output, isError: false };
  const bare = { ...output, sdl: withoutDescriptions(whole), meta: { ...meta, note: 'descriptions are left out' } };
  const tokens = tokensOf(JSON.stringify(bare));
  if (tokens <= TOKENS.most) return { output: bare, isError: false };
  const errors = [tooManyTokens(tokens, TOKENS.most, requestId, 'Ask for fewer coordinates, or for single fields.')];
  return { output: { sdl: '', errors, meta }, isError: true };
}

function describe(coordinate: string, schema: GraphQLSchema, rules: AccessRules, found: Described): void {
  const [typeName = '', fieldName, more] = coordinate.split('.');
  const type = schema.getType(typeName);
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : undefined;
  if (!type || isIntrospectionType(type) || more !== undefined) {
    found.notFound.push({ coordinate, didYouMean: near(typeName, Object.keys(schema.getTypeMap())) });
    return;
  }
  if (fieldName === undefined) {
    found.sdl.push(printType(type));
    return;
  }
  if (!fields || !Object.hasOwn(fields, fieldName)) {
    const names = near(fieldName, Object.keys(fields ?? {})).map((name) => `${typeName}.${name}`);
    found.notFound.push({ coordinate, didYouMean: names });
    return;
  }
  found.sdl.push(fieldText(type, fieldName));
  const sensitivity = rules.personalData(typeName, fieldName);
  const scope = scopeText(rules, typeName, fieldName);
  found.fields.push({ coordinate, ...(scope && { scope }), ...(sensitivity && { sensitivity }) });
}

/** `stripe:read pii:read`; alternatives stand with a bar between. */
function scopeText(rules: AccessRules, typeName: string, fieldName: string): string {
  return rules
    .of(typeName, fieldName)
    .map((clause) => clause.join('|'))
    .join(' ');
}

function near(name: string, known: readonly string[]): string[] {
  return suggestionList(
    name,
    known.filter((one) => !one.startsWith('__')),
  ).slice(0, MOST_NAMES);
}
