import {
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';

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
  scheduleLocalActivity(input, next) {
    tell({ kind: 'local_activity', type: input.activityType, args: input.args });
    return next(input);
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
