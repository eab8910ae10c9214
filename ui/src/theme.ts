import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "JetBrains Mono", SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  colors: {
    // Neutral with a trace of blue; [7] is the page, [6] a card, [4] a border.
    dark: ['#e6e8eb', '#c3c8ce', '#a2a9b2', '#7a828c', '#343a42', '#2a2f36', '#1a1d21', '#111316', '#0c0e10', '#07080a'],
  },
});

/** Dimmed text must keep 4.5:1 on both the page and a card. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6470',
    '--imas-page': '#f6f7f9',
    '--imas-card': '#ffffff',
    '--imas-line': '#e3e6ea',
    '--imas-hover': '#f0f2f5',
  },
  dark: {
    '--mantine-color-dimmed': '#a2a9b2',
    '--imas-page': '#111316',
    '--imas-card': '#1a1d21',
    '--imas-line': '#2a2f36',
    '--imas-hover': '#23272d',
    // Else it is the colour of a card, and the button is gone.
    '--mantine-color-disabled': '#262b31',
    '--mantine-color-disabled-color': '#8b939d',
  },
});
