/**
 * Datadog puts the transition before a monitor's name, with the scope of a multi alert: `[Triggered on {host:ip-012345}] Host
 * is Down` is the example for $ALERT_TITLE, `[Triggered] [Memory Alert]` the one for $EVENT_TITLE, and Recovered, Triggered,
 * Re-Triggered, No Data, Re-No Data, Warn, Re-Warn and Renotify are the values of $ALERT_TRANSITION
 * (https://docs.datadoghq.com/integrations/webhooks/#variables). A monitor with a priority has `[P1]` before all of that
 * (seen in the wild, not in that page).
 */
const prefix = /^\s*\[(?:P[1-5]|(?<transition>(?:Re-)?(?:Triggered|Recovered|No Data|Warn)|Renotify)(?<rest>\s[^\]]{0,2000})?)\]\s*/i;

export interface DatadogTitle {
  /** The monitor's name. */
  readonly name: string;
  /** What stood between the braces, empty where there was nothing. */
  readonly scope: string;
  readonly transition: string | null;
}

export function readTitle(title: string): DatadogTitle {
  let name = title;
  let scope = '';
  let transition: string | null = null;
  for (let turn = 0; turn < 3; turn++) {
    const match = prefix.exec(name);
    if (match === null) break;
    transition ??= match.groups?.['transition'] ?? null;
    scope ||= scopeOf(match.groups?.['rest'] ?? '');
    const rest = name.slice(match[0].length);
    if (rest.trim() === '') break;
    name = rest;
  }
  return { name: name.trim(), scope, transition };
}

/** What stands between the braces of ` on {host:ip-012345}`. */
function scopeOf(text: string): string {
  const [on, after] = [text.indexOf('{'), text.lastIndexOf('}')];
  return on >= 0 && after > on && text.slice(0, on).trimEnd().endsWith(' on') ? text.slice(on + 1, after) : '';
}
