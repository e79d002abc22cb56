import { enterWorkplace } from './workplace.ts'

/** Keys, profiles, regions and endpoints that whoever runs the tests has for AWS. Certificates are the machine's. */
const OF_AWS = /^AWS_(?!CA_BUNDLE$)/

/**
 * Gives a run of tests a temporary folder of its own, which goes with the run, however that ends: tests need not clean up. And what
 * they start has no keys but those that they give it.
 */
export default async function ownSurroundings(): Promise<() => Promise<void>> {
  for (const name of Object.keys(process.env).filter((each) => OF_AWS.test(each))) delete process.env[name]
  const { leave } = await enterWorkplace()
  return leave
}
