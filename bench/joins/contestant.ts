/** A running peer, and one measurement of it. */
import type { MeasuredProcess } from '../measured-process.ts';
import type { Done, Task } from './load.ts';
import type { Peer } from './peer.ts';
import { bodiesOf, type Question } from './question.ts';

/** Requests in flight. */
const CONNECTIONS = 10;

export interface Contestant {
  name: string;
  peer: Peer;
  process: MeasuredProcess;
}

export interface Effort {
  seconds: number;
  /** Requests after which a measurement ends before its time. */
  most: number;
}

export interface Sample {
  cpuMsPerRequest: number;
  requestsPerSecond: number;
  /** Calls the vendors answered. */
  callsPerRequest: number;
}

/** The two processes every measurement needs besides the peer. */
export interface Track {
  upstream: MeasuredProcess;
  load: MeasuredProcess;
}

export async function measure(
  { upstream, load }: Track,
  { peer, process }: Contestant,
  question: Question,
  effort: Effort,
): Promise<Sample> {
  const [cpuBefore, callsBefore] = [process.threadsCpuMs(), await callsOf(upstream)];
  const done = await drive(load, {
    url: `${process.url}/graphql`,
    headers: headersOf(peer),
    bodies: bodiesOf(question, peer.fields),
    connections: CONNECTIONS,
    ...effort,
  });
  return {
    cpuMsPerRequest: (process.threadsCpuMs() - cpuBefore) / done.requests,
    requestsPerSecond: (done.requests / done.ms) * 1000,
    callsPerRequest: ((await callsOf(upstream)) - callsBefore) / done.requests,
  };
}

/** The answers to all bodies of a question, as text that is equal when the answers are. */
export async function answersOf({ peer, process }: Contestant, question: Question): Promise<string> {
  const answers: unknown[] = [];
  for (const body of bodiesOf(question, peer.fields)) {
    const response = await fetch(`${process.url}/graphql`, { method: 'POST', headers: headersOf(peer), body });
    const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
    answers.push(errors ? { errors } : data);
  }
  return JSON.stringify(answers);
}

function headersOf({ headers }: Peer): Record<string, string> {
  return { 'content-type': 'application/json', accept: 'application/json', ...headers };
}

async function drive({ url }: MeasuredProcess, task: Task): Promise<Done> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(task) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text) as Done;
}

async function callsOf({ url }: MeasuredProcess): Promise<number> {
  return Number(await (await fetch(`${url}/calls`)).text());
}
