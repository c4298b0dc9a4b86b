/** GraphQL over HTTP, as plain as can be. */
export interface AskOptions {
  key?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  data: unknown;
  extensions: Record<string, unknown>;
}

/** Throws when the answer has errors: a benchmark of failures measures nothing. */
export async function ask(url: string, query: string, { key, headers }: AskOptions = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }), ...headers },
    body: JSON.stringify({ query }),
  });
  const {
    data,
    errors,
    extensions = {},
  } = (await response.json()) as Partial<Answer> & { errors?: { message: string }[] };
  if (errors) throw new Error(`The query failed: ${errors.map(({ message }) => message).join(' ')}`);
  return { data, extensions };
}

/** Whether GET is answered with 200. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Node loads its HTTP client on first use: in the benchmark's own time, not in that of the first process measured. */
export async function warmUpClient(): Promise<void> {
  await fetch('data:,');
}
