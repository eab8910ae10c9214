import { cancellationSignal, heartbeat } from '@temporalio/activity';

const heartbeatEveryMs = 2_000;

/** Heartbeats while something takes its time, so that a killed worker is noticed by its silence. `onBeat` must not throw. */
export async function whileAlive<T>(act: (cancelled: AbortSignal) => Promise<T>, onBeat: () => void = () => undefined): Promise<T> {
  const timer = setInterval(() => {
    heartbeat();
    onBeat();
  }, heartbeatEveryMs);
  try {
    return await act(cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}
