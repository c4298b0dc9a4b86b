/** A sender that writes its request by hand: too much, too slowly, or not to the end. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface SlowSender extends Disposable {
  write(text: string): void;
  /** Everything the receiver has said. */
  readonly said: string;
  /** Resolves when the receiver has ended the connection. */
  ended: Promise<void>;
}

/** Has sent its head: `headers` are lines without line ends. */
export async function openSender(port: number, path: string, headers: readonly string[]): Promise<SlowSender> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
  });
  // The receiver may cut us off while we write.
  socket.on('error', () => {});
  const ended = once(socket, 'close').then(() => {});
  await once(socket, 'connect');
  socket.write(`${[`POST ${path} HTTP/1.1`, 'host: gateway', ...headers].join('\r\n')}\r\n\r\n`);
  return {
    write: (text) => void socket.write(text),
    get said() {
      return said;
    },
    ended,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** One chunk of a chunked body. */
export function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
