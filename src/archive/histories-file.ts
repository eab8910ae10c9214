import { readFile, rename, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Link } from './archived-run.ts';

/** One run whose history is to be replayed, wherever it comes from. */
export interface RecordedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** Temporal's JSON of a history, parsed. */
  readonly history: unknown;
  /** Its place in the archive; null for a run that is not archived. */
  readonly link: Link | null;
  /** The content hash since a person was erased from it; null or missing where nobody was. */
  readonly erasedHash?: string | null;
}

const format = 'imas histories 1';

const Instant = z.iso.datetime().transform((text) => new Date(text));
const LinkShape = z.object({
  sequence: z.number().int(),
  runId: z.string(),
  workflowId: z.string(),
  incidentId: z.string(),
  shortId: z.string().nullable(),
  status: z.enum(['completed', 'continued_as_new', 'failed', 'timed_out', 'canceled', 'terminated']),
  events: z.number().int(),
  startedAt: Instant,
  closedAt: Instant,
  archivedAt: Instant,
  contentHash: z.string(),
  previousHash: z.string(),
});

/** Taken as it is: its hash is over its own order of fields. */
const History = z.custom<{ readonly events: readonly unknown[] }>(
  (value) => Array.isArray((value as { events?: unknown } | null)?.events) && (value as { events: unknown[] }).events.length > 0,
);

const HistoriesFile = z.object({
  format: z.literal(format),
  runs: z
    .array(
      z.object({
        workflowId: z.string(),
        runId: z.string(),
        link: LinkShape.nullable(),
        erasedHash: z.string().nullable().default(null),
        history: History,
      }),
    )
    .min(1),
});

/** What a single history, as Temporal's own tools write it, says of its run in its first event. */
const StartedEvent = z.object({
  workflowExecutionStartedEventAttributes: z.object({ workflowId: z.string().optional(), originalExecutionRunId: z.string().optional() }),
});

export class UnreadableHistories extends Error {
  override readonly name = 'UnreadableHistories';
}

export const packHistories = (runs: readonly RecordedRun[]): Buffer => gzipSync(JSON.stringify({ format, runs }), { level: 9 });

/** Whole or not at all. */
export async function writeHistories(path: string, runs: readonly RecordedRun[]): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, packHistories(runs));
  await rename(draft, path);
}

/** A file of ours, or one history as Temporal's CLI, UI and our API give it; gzipped or not. @throws UnreadableHistories */
export async function readHistories(path: string): Promise<readonly RecordedRun[]> {
  const bytes = await readFile(path).catch((error: { code?: string }) => {
    throw new UnreadableHistories(`${path} cannot be read (${error.code ?? 'unknown error'}).`);
  });
  let content: unknown;
  try {
    content = JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch {
    throw new UnreadableHistories(`${path} is no JSON, gzipped or not.`);
  }
  const single = History.safeParse(content);
  if (single.success) return [fromSingle(single.data)];
  const several = HistoriesFile.safeParse(content);
  if (!several.success)
    throw new UnreadableHistories(`${path} holds no histories: neither an export of "imas replay" nor one of Temporal's.`);
  return several.data.runs;
}

function fromSingle(history: z.infer<typeof History>): RecordedRun {
  const started = StartedEvent.safeParse(history.events[0]);
  const { workflowId, originalExecutionRunId } = started.success ? started.data.workflowExecutionStartedEventAttributes : {};
  return { workflowId: workflowId ?? 'unknown', runId: originalExecutionRunId ?? 'unknown', history, link: null };
}
