const HINTS: readonly (readonly [string, DurableObjectLocationHint])[] = [
  ['us-west', 'wnam'],
  ['us-gov-west', 'wnam'],
  ['ca-west', 'wnam'],
  ['us-', 'enam'],
  ['ca-', 'enam'],
  ['mx-', 'wnam'],
  ['sa-', 'sam'],
  ['eu-central', 'eeur'],
  ['eu-south-1', 'eeur'],
  ['eu-north', 'eeur'],
  ['eu-', 'weur'],
  ['eusc-', 'eeur'],
  ['ap-southeast-2', 'oc'],
  ['ap-southeast-4', 'oc'],
  ['ap-southeast-6', 'oc'],
  ['ap-', 'apac'],
  ['cn-', 'apac'],
  ['af-', 'afr'],
  ['me-', 'me'],
  ['il-', 'me'],
]

/** The platform's location nearest to a region; it counts when an object is first opened, and never again. */
export function locationHint(region: string): DurableObjectLocationHint | undefined {
  return HINTS.find(([prefix]) => region.startsWith(prefix))?.[1]
}
