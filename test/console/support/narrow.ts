import { LOCAL_ACCOUNT } from '../../conformance/support/service.ts'
import type { Bed, Tab } from './bed.ts'

/** An access key whose policy allows these actions on everything, as the setting `ACCESS_KEY_<id>` has it. */
export const narrowKey = (...Action: string[]) => ({
  secret: 'a secret of more than thirty characters',
  account: LOCAL_ACCOUNT,
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
})

/** A tab in which somebody signed in with a key of the settings. */
export async function signedIn(bed: Bed, id: string, { secret }: { secret: string }, hash: string): Promise<Tab> {
  const tab = await bed.tab(hash)
  await tab.page.getByLabel('Access key id').fill(id)
  await tab.page.getByLabel('Secret').fill(secret)
  await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await tab.page.getByRole('button', { name: 'Sign out' }).waitFor()
  return tab
}

/** Goes on with the Tab key until a control of this name has the focus, as whoever has no pointer does. */
export async function tabTo({ page }: Tab, name: string): Promise<void> {
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent
      return label?.trim()
    })
    if (focused === name) return
  }
  throw new Error(`The Tab key does not come to ${name}.`)
}
