import { Avatar } from '@mantine/core';
import type { ReactNode } from 'react';

export function Person({ name, size = 22 }: { readonly name: string; readonly size?: number }): ReactNode {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 7, minWidth: 0 }}>
      <Face name={name} size={size} />
      <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</span>
    </span>
  );
}

export const Face = ({ name, size = 22 }: { readonly name: string; readonly size?: number }): ReactNode => (
  <Avatar
    name={name}
    size={size}
    color="indigo"
    variant="light"
    radius="xl"
    alt=""
    aria-hidden
    styles={{ placeholder: { fontSize: size * 0.4 } }}
  />
);
