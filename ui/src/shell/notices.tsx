import { useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/** Never over the buttons that they tell of: those are at the bottom of a phone, and at the top of anything wider. */
export function Notices(): ReactNode {
  const isPhone = useMediaQuery('(max-width: 640px)');
  return <Notifications position={isPhone ? 'top-center' : 'bottom-right'} limit={4} />;
}
