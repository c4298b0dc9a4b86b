import { startGatewayUnderTest } from './gateway-under-test.ts';
await using g = await startGatewayUnderTest();
const show = (t: string, a: any) => console.log(`## ${t}\n`, a.status, JSON.stringify({ d: a.data, e: a.errors, x: a.extensions }).slice(0, 900));
const ada = 'ada.lindqvist@brightforge.io';
const agent = { key: 'vg_demo_agent' };
for (let i = 0; i < 3; i++) show('TYPE_KEY', await g.ask('{ zendeskSearch(query: "ada", first: 3) { nodes { __typename ... on ZendeskUser { vg__type: id email name } } } }', agent));
const intro = '{ __schema { queryType { fields { name } } } __type(name:"Mutation") { fields { name } } }';
for (let i = 0; i < 4; i++) { const a: any = await g.ask(intro); console.log('admin', a.data.__type?.fields.length); await new Promise(r=>setTimeout(r,100)); }
{ const a: any = await g.ask(intro, agent); console.log('agent', a.data.__type?.fields.length, 'should be fewer'); }
const photo = 'query { zendeskUser(id: "%") { id photo { ...F } } } fragment F on ZendeskAttachment { id file_name }';
const u: any = await g.ask('{ zendeskUsers(first:1) { nodes { id } } }');
console.log(JSON.stringify(u.data), JSON.stringify(u.errors));
const id = u.data?.zendeskUsers?.nodes?.[0]?.id ?? '1';
for (let i = 0; i < 4; i++) { show('photo', await g.ask(photo.replace('%', id), agent)); await new Promise(r=>setTimeout(r,50)); }
// variable suggestions
show('enum var', await g.ask('query($s: PersonSort){ people(sort:$s){nodes{email}} }', { variables: { s: 'EMAIL_AS' } }));
// deep variables
let deep: any = []; for (let i = 0; i < 100000; i++) deep = [deep];
const text = '{"query":"query($e:[String!]){ people(filter:{emails:$e}){nodes{email}} }","variables":{"e":' + '['.repeat(100000) + ']'.repeat(100000) + '}}';
for (const accept of ['application/json', 'application/graphql-response+json, application/json']) {
  const r = await fetch(g.gateway.url + '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', accept, authorization: 'Bearer vg_demo_admin' }, body: text });
  console.log('deep', r.status, (await r.text()).slice(0, 300));
}
console.log(g.logged.filter(l => l.includes('"level":50') || l.includes('failed')).slice(0, 3).map(l => l.slice(0, 600)).join('\n'));
