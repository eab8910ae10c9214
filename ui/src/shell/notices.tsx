import { useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/** Never over what they tell of: on a phone above the buttons at its bottom, and far from the id and title at its top. */
export function Notices(): ReactNode {
  const isPhone = useMediaQuery('(max-width: 640px)');
  return <Notifications position={isPhone ? 'bottom-center' : 'bottom-right'} limit={4} />;
}
