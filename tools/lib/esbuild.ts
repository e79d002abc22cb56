import { type BuildOptions, type BuildResult, build, stop } from 'esbuild'

let building = 0

/** One build. The process of esbuild goes with the last that is under way, as it would stay for further ones. */
export async function buildOnce<T extends BuildOptions>(options: T): Promise<BuildResult<T>> {
  building++
  try {
    return await build(options as T & Record<Exclude<keyof T, keyof BuildOptions>, never>)
  } finally {
    building--
    if (building === 0) await stop()
  }
}
