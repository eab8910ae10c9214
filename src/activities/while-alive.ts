import { cancellationSignal, heartbeat } from '@temporalio/activity';

const heartbeatEveryMs = 2_000;

/** Heartbeats while something takes its time, so that a killed worker is noticed by its silence. */
export async function whileAlive<T>(act: (cancelled: AbortSignal) => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), heartbeatEveryMs);
  try {
    return await act(cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}
