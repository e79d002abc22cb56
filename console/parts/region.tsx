import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Field } from './field.tsx'
import { goTo, route } from './route.ts'

const DEFAULT = 'us-east-1'

/** Regions that many use. Any other may be typed, as pools may have any. */
const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-central-1', 'eu-north-1'],
  ...['ap-northeast-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-south-1', 'af-south-1', 'me-central-1'],
]

const isRegion = (text: string) => /^[a-z]{2}(?:-[a-z]{1,16}){1,4}-\d{1,2}$/.test(text)

/** The region that the address names. Anybody may have made the address: what is no region is left out. */
export function regionOfRoute(): string {
  const region = route.value.query.get('region') ?? DEFAULT
  return isRegion(region) ? region : DEFAULT
}

/** Which region's pools are shown. */
export function RegionChoice() {
  const shown = regionOfRoute()
  const typed = useSignal(shown)
  useEffect(() => {
    // The way back in the browser leads to another region too.
    typed.value = shown
  }, [shown])
  useEffect(
    () =>
      typed.subscribe((region) => {
        if (isRegion(region) && region !== regionOfRoute()) goTo(route.value.path, { region })
      }),
    [typed],
  )
  return <Field label="Region" value={typed} suggestions={REGIONS} />
}
