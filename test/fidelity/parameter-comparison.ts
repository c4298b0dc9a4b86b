/** Compares the parameters of one operation: name, place, type, how arrays are written, and what must be there. */
import type { VendorConfig } from '../../src/config/vendor.ts';
import type { DeviationKind, Findings } from './deviation.ts';
import type { Parameter } from './openapi-document.ts';
import type { FoundOperation } from './operation-index.ts';
import type { CompareSchemas } from './schema-comparison.ts';
import type { ShapeReader } from './shape.ts';
import { suppliedNames } from './supplied-names.ts';
import { describeShape } from './type-match.ts';

export interface ParameterComparison {
  ours: FoundOperation;
  theirs: FoundOperation;
  config: VendorConfig;
  findings: Findings;
  compareSchemas: CompareSchemas;
  readOurs: ShapeReader;
}

export function compareParameters(comparison: ParameterComparison): void {
  const { ours, theirs, config } = comparison;
  for (const parameter of ours.parameters) {
    const like = likeOf(parameter, comparison);
    if (like === undefined)
      report(comparison, parameter, 'unknown', describe(comparison, parameter), 'nothing of that name');
    else compareParameter(comparison, parameter, like);
  }
  const supplied = suppliedNames(config, ours.id);
  for (const parameter of theirs.parameters) {
    if (parameter.required !== true || parameter.in === 'path' || supplied.has(parameter.name.toLowerCase())) continue;
    if (ours.parameters.some((own) => own.in === parameter.in && own.name === parameter.name)) continue;
    report(comparison, parameter, 'required', 'nothing of that name', 'required');
  }
}

/** `ids[]=1` is what vendors describe as deepObject, for want of a style of its own. */
const WRITTEN: Readonly<Record<VendorConfig['query']['arrays'], string>> = {
  repeat: styleOf({ name: '', in: 'query', explode: true }),
  comma: styleOf({ name: '', in: 'query', explode: false }),
  brackets: styleOf({ name: '', in: 'query', style: 'deepObject' }),
};

/** A path parameter is found by its position; the vendor may call it otherwise. */
function likeOf(parameter: Parameter, { ours, theirs }: ParameterComparison): Parameter | undefined {
  const position = ours.pathNames.indexOf(parameter.name);
  const name = parameter.in === 'path' ? theirs.pathNames[position] : parameter.name;
  return theirs.parameters.find((candidate) => candidate.in === parameter.in && candidate.name === name);
}

function compareParameter(comparison: ParameterComparison, ours: Parameter, theirs: Parameter): void {
  const at = placeOf(comparison, ours);
  comparison.findings.count('parameters', at);
  if ((ours.required ?? false) !== (theirs.required ?? false)) {
    const say = (parameter: Parameter): string => (parameter.required ? 'required' : 'optional');
    report(comparison, ours, 'required', say(ours), say(theirs));
  }
  const [ourStyle, theirStyle] = [writtenStyle(ours, comparison.config), styleOf(theirs)];
  const written = comparison.readOurs([ours.schema ?? {}]).branches;
  const several = written.some(({ types }) => types.has('array') || types.has('object'));
  if (several && ourStyle !== theirStyle) report(comparison, ours, 'style', ourStyle, theirStyle);
  comparison.compareSchemas({
    operation: comparison.ours.title,
    at,
    ours: ours.schema ?? {},
    theirs: theirs.schema === undefined ? [] : [theirs.schema],
    direction: 'request',
  });
}

/** A query parameter that does not say follows `query.arrays` of vendor.yaml. */
function writtenStyle(parameter: Parameter, { query }: VendorConfig): string {
  const silent = parameter.style === undefined && parameter.explode === undefined;
  return silent && parameter.in === 'query' ? WRITTEN[query.arrays] : styleOf(parameter);
}

/** OpenAPI's defaults filled in. */
function styleOf({ in: place, style = place === 'query' ? 'form' : 'simple', explode }: Parameter): string {
  if (style === 'deepObject') return style;
  return (explode ?? style === 'form') ? `${style}, a pair for each value` : `${style}, values joined`;
}

function describe({ readOurs }: ParameterComparison, { schema }: Parameter): string {
  return describeShape(readOurs([schema ?? {}]));
}

function placeOf({ ours }: ParameterComparison, parameter: Parameter): string {
  return `${ours.id}.${parameter.in}.${parameter.name}`;
}

function report(
  comparison: ParameterComparison,
  parameter: Parameter,
  kind: DeviationKind,
  ours: string,
  theirs: string,
): void {
  const { title } = comparison.ours;
  comparison.findings.report({ kind, operation: title, at: placeOf(comparison, parameter), ours, theirs });
}
