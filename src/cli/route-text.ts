import type { RouteWire } from '../api/simulations/route-wire.ts';

type Step = RouteWire['steps'][number];
type Recipient = Step['recipients'][number];

/** A route as a terminal shows it: each step with whom it is for, each recipient with the ways to them in the order of their turn. */
export function routeText({ service, team, severity, at, impact_scopes: scopes, policy, steps }: RouteWire): string {
  return [
    `${severity} on ${service.name} (${team === null ? 'no owner team' : `team ${team.name}`}), opened at ${at}`,
    `Escalation policy "${policy.name}", version ${policy.version}${policy.repeat === 0 ? '' : `, repeated ${times(policy.repeat)}`}. Nobody acknowledges.`,
    ...(scopes.length === 0 ? [] : [`Impact scopes: ${scopes.join(', ')}`]),
    ...steps.flatMap((step) => ['', headingOf(step), ...(step.recipients.length === 0 ? ['  No one'] : step.recipients.flatMap(linesOf))]),
    '',
  ].join('\n');
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function headingOf({ on, level, round, after_seconds: after, waits_seconds: waits, recipients }: Step): string {
  const when = after === 0 ? 'at once' : `after ${durationText(after)}`;
  switch (on) {
    case 'opened':
      return 'At once, for information';
    case 'escalated':
      return `Escalated ${when}, for information`;
    case 'level': {
      const isSkipped = recipients.every(({ ways }) => ways.length === 0);
      const wait = isSkipped ? 'reaches no one: skipped' : `${durationText(waits ?? 0)} to acknowledge`;
      return `Level ${level}${round === 1 ? '' : `, round ${round}`}, ${when} (${wait})`;
    }
    case 'fallback':
      return `Final fallback, ${when}`;
    case 'last_resort':
      return `Last resort, ${when}: every administrator`;
  }
}

function linesOf({ name, reasons, ways, skipped }: Recipient): string[] {
  const why = reasons.map(({ message }) => message).join(', ');
  return [
    `  ${name}${why === '' ? '' : `: ${why}`}`,
    ...ways.map(({ provider, address, taken, reason }) => {
      const to = address === null ? provider : `${provider} (${address})`;
      return `    ${taken === 'at_once' ? 'at once   ' : 'on failure'}  ${to}: ${reason.message}`;
    }),
    ...skipped.map(({ provider, reason }) => `    skipped     ${provider}: ${reason.message}`),
    ...(ways.length === 0 ? ['    Nothing reaches them.'] : []),
  ];
}

/** `45 s`, `5 min`, `1 h 30 min`, `2 d`. */
function durationText(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [Math.round(seconds % 60), 's'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return said.length === 0 ? '0 s' : said.join(' ');
}
