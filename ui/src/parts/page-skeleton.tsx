import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

/** Holds the place of what is read, at about its size, so that nothing jumps when it comes. */
export function PageSkeleton({ rows = 8 }: { readonly rows?: number }): ReactNode {
  return (
    <Stack gap="sm" aria-hidden p="md">
      <Skeleton height={28} width="min(340px, 70%)" />
      <RowSkeletons rows={rows} />
    </Stack>
  );
}

export function RowSkeletons({ rows, height = 44 }: { readonly rows: number; readonly height?: number }): ReactNode {
  return (
    <Stack gap={6} aria-hidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} />
      ))}
    </Stack>
  );
}
