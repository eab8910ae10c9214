import { registerHooks } from 'node:module';
import { plants, type PlantName } from './plants.ts';

/** Loaded before the program (`--import`): gives it one source file with a bug in it. */
const plant = plants[process.env['IMAS_CHAOS_PLANT'] as PlantName];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${plant.file}`)) return loaded;
    const source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8');
    if (!source.includes(plant.find)) throw new Error(`the planted bug fits no more: ${plant.file} has no ${plant.find}`);
    return { ...loaded, source: source.replace(plant.find, () => plant.replace) };
  },
});
