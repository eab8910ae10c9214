import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What one process counts about itself, in Prometheus' text format. Labels are words from closed sets, never ids,
 * names or addresses, so that the number of series stays small. Temporal's own metrics come from the worker.
 */
export interface Metrics {
  /** One webhook request. `result`: accepted, unauthorized, rejected, unavailable, cross_origin, slowed… */
  readonly intakeRequests: Counter<'source' | 'result'>;
  /** One alert of a request. `outcome`: see StoredAlert. */
  readonly intakeAlerts: Counter<'source' | 'outcome'>;
  /** Seconds that one group commit took. */
  readonly intakeFlushSeconds: Histogram;
  /** Alerts in one group commit. */
  readonly intakeFlushSize: Histogram;
  /** Seconds from an alert's arrival until it was kept. */
  readonly intakeLagSeconds: Histogram;
  /** Age of the oldest outbox row, in seconds; 0 when it is empty. */
  readonly outboxOldestSeconds: Gauge;
  readonly outboxRows: Gauge;
  /** One signal to Temporal. `result`: sent, failed. */
  readonly relaySignals: Counter<'result'>;
  readonly openIncidents: Gauge<'severity' | 'status'>;
  /** One attempt at a delivery. `result`: sent, failed, unknown, skipped. */
  readonly deliveries: Counter<'provider_type' | 'result'>;
  /** Seconds that a provider took to answer one attempt. */
  readonly deliverySeconds: Histogram<'provider_type'>;
  /** One API answer. `route` is the pattern, not the path. */
  readonly httpRequests: Counter<'method' | 'route' | 'status'>;
  /** Rows that need not be kept any longer. `kind`: alerts, bodies, deliveries, incidents. */
  readonly retentionDeleted: Counter<'kind'>;
  /** One mail that may be an answer. `result`: applied, refused, pending, repeated, or why nothing came of it. */
  readonly mailAnswers: Counter<'result'>;
  /** 1 while this process reads the mailbox of answers; one of all processes does. */
  readonly mailboxConnected: Gauge;
  readonly contentType: string;
  /** Everything, in Prometheus' text format. */
  text(): Promise<string>;
}

/** A registry of its own, so that two in one process (tests) do not meet. `processMetrics` adds CPU, memory and event loop. */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry });
  return {
    intakeRequests: new Counter({
      name: 'imas_intake_requests_total',
      help: 'Webhook requests by source and result.',
      labelNames: ['source', 'result'],
      registers,
    }),
    intakeAlerts: new Counter({
      name: 'imas_intake_alerts_total',
      help: 'Alerts by source and what became of them.',
      labelNames: ['source', 'outcome'],
      registers,
    }),
    intakeFlushSeconds: new Histogram({
      name: 'imas_intake_flush_seconds',
      help: 'Time of one group commit of alerts.',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    intakeFlushSize: new Histogram({
      name: 'imas_intake_flush_size',
      help: 'Alerts in one group commit.',
      buckets: [1, 5, 10, 25, 50, 100, 250, 500, 1000],
      registers,
    }),
    intakeLagSeconds: new Histogram({
      name: 'imas_intake_lag_seconds',
      help: 'Time from the arrival of an alert until it was kept.',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    outboxOldestSeconds: new Gauge({
      name: 'imas_outbox_oldest_seconds',
      help: 'Age of the oldest message that waits for Temporal.',
      registers,
    }),
    outboxRows: new Gauge({ name: 'imas_outbox_rows', help: 'Messages that wait for Temporal.', registers }),
    relaySignals: new Counter({
      name: 'imas_relay_signals_total',
      help: 'Signals to Temporal by result.',
      labelNames: ['result'],
      registers,
    }),
    openIncidents: new Gauge({
      name: 'imas_incidents_open',
      help: 'Open incidents by severity and status.',
      labelNames: ['severity', 'status'],
      registers,
    }),
    deliveries: new Counter({
      name: 'imas_deliveries_total',
      help: 'Attempts at deliveries by provider type and result.',
      labelNames: ['provider_type', 'result'],
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'imas_delivery_seconds',
      help: 'Time that a provider took to answer one attempt.',
      labelNames: ['provider_type'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    httpRequests: new Counter({
      name: 'imas_http_requests_total',
      help: 'API answers by method, route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    retentionDeleted: new Counter({
      name: 'imas_retention_deleted_total',
      help: 'Rows that were deleted since they need not be kept any longer, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    mailAnswers: new Counter({
      name: 'imas_mail_answers_total',
      help: 'Mails to the address for answers, by what came of them.',
      labelNames: ['result'],
      registers,
    }),
    mailboxConnected: new Gauge({
      name: 'imas_mailbox_connected',
      help: 'Whether this process reads the mailbox of answers; one process at a time does.',
      registers,
    }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
