import type { ReactNode } from 'react';

export const Wordmark = (): ReactNode => (
  <span style={{ display: 'inline-flex', alignItems: 'center', gap: 9, fontWeight: 750, fontSize: 17, letterSpacing: '0.01em' }}>
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#3b4bdb" />
      <path d="M16 7v11" stroke="#fff" strokeWidth="4" strokeLinecap="round" />
      <circle cx="16" cy="24.5" r="2.5" fill="#fff" />
    </svg>
    IMAS
  </span>
);
