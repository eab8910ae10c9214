import { basePath } from '../base-path.ts';
import { createStore } from './store.ts';

/** What the stream says: `change` names one incident, `reset` means that something was missed. */
export type LiveMessage =
  | { readonly type: 'change'; readonly incident: string; readonly short_id: string; readonly sequence: number }
  | { readonly type: 'reset' }
  /** The stream stands: what was read before it did may be out of date. */
  | { readonly type: 'open' };

export type Connection = 'connecting' | 'live' | 'lost';

export const connection = createStore<Connection>('connecting');

const url = `${basePath}/api/v1/events/`;
/** Another installation on the same host has tabs and a stream of its own. */
const channel = `imas-live${basePath}`;
const longestWaitMs = 15_000;

/**
 * Follows the event stream until the returned function is called. One tab of the browser holds the stream and tells the
 * others: HTTP/1.1 allows six connections to a host, so that a stream a tab would leave none for the seventh.
 */
export function followEvents(listener: (message: LiveMessage) => void): () => void {
  const stop = new AbortController();
  const tabs = new BroadcastChannel(channel);
  tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.kind === 'connection') connection.set(data.connection);
    else if (data.kind === 'message') listener(data.message);
    else if (leads) tabs.postMessage({ kind: 'connection', connection: connection.get() } satisfies TabMessage);
  };
  let leads = false;
  const lead = async (): Promise<void> => {
    leads = true;
    await readEvents(
      (message) => {
        listener(message);
        tabs.postMessage({ kind: 'message', message } satisfies TabMessage);
      },
      (state) => {
        connection.set(state);
        tabs.postMessage({ kind: 'connection', connection: state } satisfies TabMessage);
      },
      stop.signal,
    );
  };
  // Web Locks exist on secure origins only; elsewhere each tab holds its own stream.
  if ('locks' in navigator) {
    navigator.locks.request(channel, { signal: stop.signal }, lead).catch(() => undefined);
    tabs.postMessage({ kind: 'ask' } satisfies TabMessage);
  } else {
    void lead();
  }
  return () => {
    stop.abort();
    tabs.close();
  };
}

type TabMessage =
  | { readonly kind: 'message'; readonly message: LiveMessage }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'ask' };

/** Reads until aborted. The browser reconnects by itself after a cut; after a refusal it gives up, and this tries again. */
function readEvents(
  listener: (message: LiveMessage) => void,
  onConnection: (state: Connection) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource | undefined;
    let waitMs = 1000;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;
    const open = (): void => {
      source = new EventSource(url);
      source.onopen = () => {
        waitMs = 1000;
        onConnection('live');
        listener({ type: wasLost ? 'reset' : 'open' });
        wasLost = false;
      };
      source.addEventListener('change', (event: MessageEvent<string>) => listener({ type: 'change', ...JSON.parse(event.data) }));
      source.addEventListener('reset', () => listener({ type: 'reset' }));
      source.onerror = () => {
        onConnection('lost');
        if (source?.readyState !== EventSource.CLOSED) return;
        wasLost = true;
        timer = setTimeout(open, waitMs);
        waitMs = Math.min(waitMs * 2, longestWaitMs);
      };
    };
    const hurry = (): void => {
      if (source?.readyState === EventSource.OPEN) return;
      clearTimeout(timer);
      source?.close();
      wasLost = true;
      open();
    };
    // The browser may hold on to a dead connection for minutes; what it says of the network comes first.
    const offline = (): void => {
      source?.close();
      clearTimeout(timer);
      onConnection('lost');
    };
    window.addEventListener('online', hurry);
    window.addEventListener('offline', offline);
    signal.addEventListener('abort', () => {
      window.removeEventListener('online', hurry);
      window.removeEventListener('offline', offline);
      clearTimeout(timer);
      source?.close();
      resolve();
    });
    open();
  });
}
