import { said, type Said } from '../said.ts';
import { isWorse, type Severity } from '../vocabulary.ts';
import type { Command, CommandBody } from './happening.ts';
import type { IncidentState } from './state.ts';
import { hurryLadder, startLadder } from './ladder.ts';
import { endQuiet } from './quiet.ts';
import { addScopes, namesOf } from './scopes.ts';
import { acknowledge, resolve, triggerAgain } from './status.ts';
import { announce, say, severitySaid, system, tellAssignee, type Turn } from './turn.ts';

/** A repeat within the last so many commands is known; the store refuses older ones. */
const rememberedCommands = 500;

/** Does what a person asked for, or says why not. A command that was seen before does nothing. */
export function takeCommand(turn: Turn, command: Command, asNow: boolean): void {
  if (turn.state.seenCommands.includes(command.id)) return;
  turn.state = { ...turn.state, seenCommands: [...turn.state.seenCommands, command.id].slice(-rememberedCommands) };
  const refusal = carryOut(turn, command, asNow);
  turn.results.push(
    refusal === null
      ? { commandId: command.id, outcome: 'applied', said: done(command.body) }
      : { commandId: command.id, outcome: 'refused', said: refusal },
  );
}

function carryOut(turn: Turn, command: Command, asNow: boolean): Said | null {
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
      resolve(turn, actor, withNote(said('entry.resolved', { by: actor.name }), body.note));
      return null;
    case 'reopen':
      if (turn.state.status !== 'RESOLVED') return said('command.alreadyOpen');
      triggerAgain(turn, actor, withNote(said('entry.reopened', { by: actor.name }), body.note));
      return null;
    case 'comment':
      say(turn, 'COMMENT_ADDED', body.said ?? said('entry.comment', { text: body.text }), {
        actor,
        data: { text: body.text, ...(body.from !== undefined && { from: body.from }) },
      });
      announce(turn, 'comment.added');
      return null;
    case 'edit_comment':
      say(turn, 'COMMENT_EDITED', said('entry.commentEdited', { by: actor.name, text: body.text }), {
        actor,
        data: { of: body.comment, text: body.text },
      });
      return null;
    case 'delete_comment':
      say(turn, 'COMMENT_DELETED', said('entry.commentDeleted', { by: actor.name }), { actor, data: { of: body.comment } });
      return null;
    case 'pin_comment': {
      const [type, code] = body.isPinned
        ? (['COMMENT_PINNED', 'entry.commentPinned'] as const)
        : (['COMMENT_UNPINNED', 'entry.commentUnpinned'] as const);
      say(turn, type, said(code, { by: actor.name }), { actor, data: { of: body.comment } });
      return null;
    }
    case 'change_severity':
      return changeSeverity(turn, command, body.severity, asNow);
    case 'assign':
      if ((turn.state.assignee?.id ?? null) === (body.assignee?.id ?? null))
        return body.assignee === null ? said('command.alreadyUnassigned') : said('command.alreadyAssigned', { who: body.assignee.name });
      assign(turn, command, body.assignee);
      if (asNow && body.assignee?.id !== actor.id) tellAssignee(turn, actor.name);
      return null;
    case 'add_scopes':
      return addScopes(turn, command, body.scopes);
    case 'escalate':
      return escalate(turn, command);
  }
}

function whyNotAcknowledge(state: IncidentState): Said | null {
  if (state.status === 'RESOLVED') return alreadyResolved(state);
  if (state.acknowledged !== null) return said('command.alreadyAcknowledged', { who: state.acknowledged.by.name });
  return null;
}

const alreadyResolved = ({ resolved }: IncidentState): Said => said('command.alreadyResolved', { who: (resolved?.by ?? system).name });

/** Whoever has the incident and finds it worse than it looked still has it. */
function changeSeverity(turn: Turn, { actor }: Command, severity: Severity, asNow: boolean): Said | null {
  const was = turn.state.severity;
  if (severity === was) return said('command.sameSeverity', { severity: severitySaid(was) });
  turn.state = { ...turn.state, severity };
  const change = { by: actor.name, was: severitySaid(was), severity: severitySaid(severity) };
  say(turn, 'SEVERITY_CHANGED', said('entry.severityChanged', change), { actor, data: { severity, was } });
  if (!isWorse(severity, was) || turn.state.status === 'RESOLVED') return null;
  endQuiet(turn);
  if (turn.state.status === 'TRIGGERED') startLadder(turn);
  else if (!asNow || !isHolder(turn.state, actor)) triggerAgain(turn, actor, said('entry.worseThanAcknowledged'));
  return null;
}

const isHolder = ({ acknowledged }: IncidentState, actor: Command['actor']): boolean =>
  actor.type === 'user' && actor.id !== null && acknowledged?.by.id === actor.id;

function assign(turn: Turn, { actor }: Command, assignee: { id: string; name: string } | null): void {
  turn.state = { ...turn.state, assignee };
  say(turn, 'ASSIGNEE_CHANGED', assignmentSaid(actor, assignee), { actor, data: { assignee } });
}

function assignmentSaid({ id, name: by }: Command['actor'], assignee: { id: string; name: string } | null): Said {
  if (assignee === null) return said('entry.unassigned', { by });
  return assignee.id === id ? said('entry.took', { by }) : said('entry.assigned', { by, who: assignee.name });
}

function escalate(turn: Turn, { actor }: Command): Said | null {
  if (turn.state.status === 'RESOLVED') return alreadyResolved(turn.state);
  const { ladder } = turn.state;
  if (turn.state.quiet === true) return escalateQuiet(turn, actor);
  if (turn.state.status === 'ACKNOWLEDGED') {
    triggerAgain(turn, actor, said('entry.askedNext', { by: actor.name }));
    if (ladder.stage === 'levels') turn.state = { ...turn.state, ladder };
  } else {
    say(turn, 'ESCALATED', said('entry.escalatedBy', { by: actor.name }), { actor, data: { by: actor.name } });
  }
  hurryLadder(turn);
  return null;
}

/** It begins as a new incident would. */
function escalateQuiet(turn: Turn, actor: Command['actor']): null {
  const { status } = turn.state;
  if (status === 'TRIGGERED') say(turn, 'ESCALATED', said('entry.escalatedBy', { by: actor.name }), { actor, data: { by: actor.name } });
  endQuiet(turn);
  if (status === 'TRIGGERED') startLadder(turn);
  else triggerAgain(turn, actor, said('entry.askedNext', { by: actor.name }));
  return null;
}

const withNote = (what: Said, note: string | undefined): Said =>
  note === undefined || note === '' ? what : said('entry.withNote', { said: what, note });

function done(body: CommandBody): Said {
  switch (body.kind) {
    case 'acknowledge':
      return said('command.acknowledged');
    case 'resolve':
      return said('command.resolved');
    case 'reopen':
      return said('command.reopened');
    case 'comment':
      return said('command.commented');
    case 'edit_comment':
    case 'delete_comment':
    case 'pin_comment':
      return said('command.commentChanged');
    case 'change_severity':
      return said('command.severity', { severity: severitySaid(body.severity) });
    case 'assign':
      return body.assignee === null ? said('command.unassigned') : said('command.assigned', { who: body.assignee.name });
    case 'add_scopes':
      return said('command.scopesAdded', { scopes: namesOf(body.scopes) });
    case 'escalate':
      return said('command.escalated');
  }
}
