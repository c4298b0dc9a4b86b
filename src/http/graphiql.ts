/** GraphiQL for browsers: its page, from the package and never from a CDN, and the policy that holds the page to what it needs. */
import { hash } from 'node:crypto';
import type { Plugin, YogaServerOptions } from 'graphql-yoga';
import type { OperationFile } from '../graph/operation-files.ts';

export interface GraphiqlOptions {
  demoKey: string;
  operations: readonly OperationFile[];
}

export interface Graphiql {
  /** For yoga. */
  settings: Pick<YogaServerOptions<object, object>, 'graphiql' | 'renderGraphiQL'>;
  /** After whatever gives every answer its headers: the page gets a policy of its own. */
  plugin: Plugin;
}

/** `options` undefined: no page is served. */
export function createGraphiql(options: GraphiqlOptions | undefined): Graphiql {
  if (!options) return { settings: { graphiql: false }, plugin: {} };
  let policy: string | undefined;
  return {
    settings: {
      graphiql: pageOptions(options),
      // 6 MB of script: loaded when somebody looks.
      renderGraphiQL: async (page) => {
        const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
        const html = stillTabs(renderGraphiQL(page));
        // Of the same options it makes the same page.
        policy ??= policyOf(html);
        return html;
      },
    },
    plugin: {
      onResponse({ response: { headers } }) {
        if (policy && headers.get('content-type')?.startsWith('text/html'))
          headers.set('content-security-policy', policy);
      },
    },
  };
}

function pageOptions({ demoKey, operations }: GraphiqlOptions) {
  const headers = JSON.stringify({ authorization: `Bearer ${demoKey}`, 'x-vendorgraph-explain': '1' }, null, 2);
  return {
    title: 'vendorgraph',
    defaultHeaders: headers,
    headers,
    defaultTabs: operations.map(({ text: query }) => ({ query, headers })),
    shouldPersistHeaders: true,
    // Over WebSocket the page would send no header, and so no key.
    subscriptionsProtocol: 'SSE' as const,
  };
}

/** GraphiQL measures its tabs before their font is there: at the first press a tab jumped aside, and the click was lost. */
function stillTabs(html: string): string {
  return html.replace('</head>', '<style>.graphiql-tab { transform: none !important; }</style></head>');
}

/** Runs the page's own script and no other, and asks nobody but the gateway. Its editor writes styles and makes workers as it goes. */
function policyOf(html: string): string {
  const begin = html.indexOf('<script>') + '<script>'.length;
  const script = html.slice(begin, html.indexOf('</script', begin));
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash('sha256', script, 'base64')}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
