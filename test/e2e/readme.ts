import { readFile } from 'node:fs/promises';

export const readReadme = (): Promise<string> => readFile(new URL('../../README.md', import.meta.url), 'utf8');

/** The shell blocks that speak to the API or to what runs, in order: what a new user pastes into one terminal. */
export function shellBlocks(readme: string): string[] {
  const blocks = [...readme.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block as string);
  return blocks.filter((block) => /^\s*curl|\bapi (POST|PATCH)|=\$\(curl|^npx imas alert-sources/m.test(block));
}

/** The receivers of `alertmanager.yml`. */
export function alertmanagerReceivers(readme: string): string {
  const receivers = /```yaml\n(receivers:\n[^]*?)```/.exec(readme)?.[1];
  if (receivers === undefined) throw new Error('README.md shows no receivers for Alertmanager');
  return receivers;
}
