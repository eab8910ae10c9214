import {
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { TakeNews, TakenNews } from '../contract/activities.ts';
import { decideNews } from '../domain/incident/decide.ts';

/** What a workflow decides while it is replayed, told to the outside as JSON. Bundled for replays only. */
export interface DecisionSinks extends Sinks {
  decisions: { tell(decision: string): void };
}

export type Decision =
  | { readonly kind: 'activity'; readonly seq: number; readonly type: string; readonly args: readonly unknown[] }
  | { readonly kind: 'local_activity'; readonly type: string; readonly args: readonly unknown[] }
  | { readonly kind: 'timer'; readonly seq: number; readonly ms: number }
  | { readonly kind: 'ended'; readonly how: 'completed' | 'failed' }
  | { readonly kind: 'ended'; readonly how: 'continued_as_new'; readonly args: readonly unknown[] };

const { decisions } = proxySinks<DecisionSinks>();
const tell = (decision: Decision): void => decisions.tell(JSON.stringify(decision));

/** What the activity decides about the news that it finds, and records. */
const decidedBy = ({ state, atMs }: TakeNews, { news }: TakenNews): object => decideNews(state, news, atMs);

const inbound: WorkflowInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      const result = await next(input);
      tell({ kind: 'ended', how: 'completed' });
      return result;
    } catch (error) {
      if (!(error instanceof ContinueAsNew)) tell({ kind: 'ended', how: 'failed' });
      throw error;
    }
  },
};

const outbound: WorkflowOutboundCallsInterceptor = {
  scheduleActivity(input, next) {
    tell({ kind: 'activity', seq: input.seq, type: input.activityType, args: input.args });
    return next(input);
  },
  async scheduleLocalActivity(input, next) {
    const { activityType: type, args } = input;
    if (type !== 'takeNews') tell({ kind: 'local_activity', type, args });
    const result = await next(input);
    if (type === 'takeNews') tell({ kind: 'local_activity', type: 'record', args: [decidedBy(args[0] as TakeNews, result as TakenNews)] });
    return result;
  },
  continueAsNew(input, next) {
    tell({ kind: 'ended', how: 'continued_as_new', args: input.args });
    return next(input);
  },
  startTimer(input, next) {
    tell({ kind: 'timer', seq: input.seq, ms: input.durationMs });
    return next(input);
  },
};

export const interceptors = (): WorkflowInterceptors => ({ inbound: [inbound], outbound: [outbound] });
