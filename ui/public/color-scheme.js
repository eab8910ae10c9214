// Before the first paint, so that a dark page never flashes white. A file, not inline: the content policy forbids that.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('imas-color-scheme');
  } catch {}
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
