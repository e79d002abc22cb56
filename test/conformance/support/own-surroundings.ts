import { enterWorkplace } from './workplace.ts'

/** Gives a run of tests a temporary folder of its own. It goes with the run, however that ends: tests need not clean up. */
export default async function folderOfRun(): Promise<() => Promise<void>> {
  const { leave } = await enterWorkplace()
  return leave
}
