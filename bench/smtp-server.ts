import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * As much of an SMTP server (RFC 5321) as takes a mail. It greets at once: others keep every caller waiting for a moment, to catch those who
 * talk too early (the package smtp-server for 100 ms), which would be counted as ours.
 */
export async function startSmtpServer(onMail: (text: string) => void): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    let received = '';
    let inData = false;
    socket.setEncoding('latin1');
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      received += chunk;
      for (;;) {
        const end = inData ? '\r\n.\r\n' : '\r\n';
        const at = received.indexOf(end);
        if (at === -1) return;
        const part = received.slice(0, at);
        received = received.slice(at + end.length);
        const wasData = inData;
        inData = !wasData && part.toUpperCase() === 'DATA';
        if (wasData) onMail(part);
        socket.write(`${replyTo(part, wasData)}\r\n`);
      }
    });
    socket.write('220 bench.example ESMTP\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

function replyTo(command: string, isMail: boolean): string {
  if (isMail) return '250 2.0.0 taken';
  switch (command.slice(0, 4).toUpperCase()) {
    case 'DATA':
      return '354 go on';
    case 'QUIT':
      return '221 2.0.0 bye';
    default:
      return '250 2.0.0 fine';
  }
}
