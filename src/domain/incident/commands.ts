import { isWorse, type Severity } from '../vocabulary.ts';
import type { Command, CommandBody } from './happening.ts';
import type { IncidentState } from './state.ts';
import { hurryLadder, startLadder } from './ladder.ts';
import { acknowledge, resolve, triggerAgain } from './status.ts';
import { announce, say, type Turn } from './turn.ts';

/** A repeat within the last so many commands is known; the store refuses older ones. */
const rememberedCommands = 500;

/** Does what a person asked for, or says why not. A command that was seen before does nothing. */
export function takeCommand(turn: Turn, command: Command): void {
  if (turn.state.seenCommands.includes(command.id)) return;
  turn.state = { ...turn.state, seenCommands: [...turn.state.seenCommands, command.id].slice(-rememberedCommands) };
  const refusal = carryOut(turn, command);
  turn.results.push(
    refusal === null
      ? { commandId: command.id, outcome: 'applied', message: done(command.body) }
      : { commandId: command.id, outcome: 'refused', message: refusal },
  );
}

function carryOut(turn: Turn, command: Command): string | null {
  const { body, actor } = command;
  switch (body.kind) {
    case 'acknowledge': {
      const refusal = whyNotAcknowledge(turn.state);
      if (refusal !== null) return refusal;
      acknowledge(turn, actor);
      if (turn.state.assignee === null && actor.type === 'user' && actor.id !== null)
        assign(turn, command, { id: actor.id, name: actor.name });
      return null;
    }
    case 'resolve':
      if (turn.state.status === 'RESOLVED') return alreadyResolved(turn.state);
      resolve(turn, actor, withNote(`${actor.name} resolved the incident`, body.note));
      return null;
    case 'reopen':
      if (turn.state.status !== 'RESOLVED') return `It is open already (${turn.state.status}).`;
      triggerAgain(turn, actor, withNote(`${actor.name} reopened the incident`, body.note));
      return null;
    case 'comment':
      say(turn, 'COMMENT_ADDED', body.text, { actor, data: { text: body.text } });
      announce(turn, 'comment.added');
      return null;
    case 'change_severity':
      return changeSeverity(turn, command, body.severity);
    case 'assign':
      if ((turn.state.assignee?.id ?? null) === (body.assignee?.id ?? null))
        return body.assignee === null ? 'Nobody has it.' : `${body.assignee.name} has it already.`;
      assign(turn, command, body.assignee);
      return null;
    case 'escalate':
      return escalate(turn, command);
  }
}

function whyNotAcknowledge(state: IncidentState): string | null {
  if (state.status === 'RESOLVED') return alreadyResolved(state);
  if (state.acknowledged !== null) return `Already acknowledged by ${state.acknowledged.by.name}.`;
  return null;
}

const alreadyResolved = (state: IncidentState): string => `Already resolved by ${state.resolved?.by.name ?? 'somebody'}.`;

function changeSeverity(turn: Turn, { actor }: Command, severity: Severity): string | null {
  const was = turn.state.severity;
  if (severity === was) return `It is ${was} already.`;
  turn.state = { ...turn.state, severity };
  say(turn, 'SEVERITY_CHANGED', `${actor.name} changed the severity from ${was} to ${severity}`, { actor, data: { severity, was } });
  if (!isWorse(severity, was) || turn.state.status === 'RESOLVED') return null;
  if (turn.state.status === 'ACKNOWLEDGED') triggerAgain(turn, actor, 'Paging again: it is worse than what was acknowledged');
  else startLadder(turn);
  return null;
}

function assign(turn: Turn, { actor }: Command, assignee: { id: string; name: string } | null): void {
  turn.state = { ...turn.state, assignee };
  const message =
    assignee === null
      ? `${actor.name} took the assignee away`
      : `${actor.name} assigned ${assignee.id === actor.id ? 'it to themselves' : assignee.name}`;
  say(turn, 'ASSIGNEE_CHANGED', message, { actor, data: { assignee } });
}

function escalate(turn: Turn, { actor }: Command): string | null {
  if (turn.state.status === 'RESOLVED') return alreadyResolved(turn.state);
  const { ladder } = turn.state;
  if (turn.state.status === 'ACKNOWLEDGED') {
    triggerAgain(turn, actor, `${actor.name} asked for the next level: paging again`);
    if (ladder.stage === 'levels') turn.state = { ...turn.state, ladder };
  } else {
    say(turn, 'ESCALATED', `${actor.name} escalated now`, { actor, data: { by: actor.name } });
  }
  hurryLadder(turn);
  return null;
}

const withNote = (message: string, note: string | undefined): string =>
  note === undefined || note === '' ? message : `${message}: ${note}`;

function done(body: CommandBody): string {
  switch (body.kind) {
    case 'acknowledge':
      return 'Acknowledged.';
    case 'resolve':
      return 'Resolved.';
    case 'reopen':
      return 'Reopened.';
    case 'comment':
      return 'Comment added.';
    case 'change_severity':
      return `Severity is ${body.severity}.`;
    case 'assign':
      return body.assignee === null ? 'Nobody has it now.' : `Assigned to ${body.assignee.name}.`;
    case 'escalate':
      return 'The next level is being paged.';
  }
}
