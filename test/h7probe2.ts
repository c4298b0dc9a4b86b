import { buildSchema, isRequiredArgument, getNamedType, isLeafType, isObjectType } from 'graphql';
import { readFileSync } from 'node:fs';
const s = buildSchema(readFileSync('schema/composed.graphql','utf8'), {assumeValidSDL:true});
for (const f of Object.values(s.getQueryType()!.getFields())) console.log(f.name, String(f.type), f.args.filter(isRequiredArgument).map(a=>a.name+':'+a.type).join(','));
for (const t of Object.values(s.getTypeMap())) if (isObjectType(t) && !t.name.startsWith('__') && t.name!=='Query'&& t.name!=='Mutation') for (const f of Object.values(t.getFields())) if (f.args.some(isRequiredArgument)) console.log('!!', t.name, f.name);
