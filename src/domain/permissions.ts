export type Group = 'everyone' | 'staff';

/** Who may read a thing, and who may change it. Everyone means everyone who is signed in. */
export interface Rights {
  readonly readers: Group;
  readonly writers: Group;
}

export type Act = 'read' | 'write';

/** What people configure: read by everyone, changed by staff. */
export const onConfiguration: Rights = { readers: 'everyone', writers: 'staff' };

/** Whoever is awake acts on an incident. */
export const onIncidents: Rights = { readers: 'everyone', writers: 'everyone' };

/** What only concerns the person who asks, or changes nothing that others see. */
export const onOneself: Rights = { readers: 'everyone', writers: 'everyone' };

/** The one place that decides who may do what. */
export function may(who: { readonly isStaff: boolean }, act: Act, on: Rights): boolean {
  const group = act === 'read' ? on.readers : on.writers;
  return group === 'everyone' || who.isStaff;
}
